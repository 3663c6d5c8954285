import "./schema/grafast-environment.ts";
import { execute } from "grafast";
import {
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from "grafast/graphql";
import type pg from "pg";
import type { Claims } from "./auth/claims.ts";
import { roleOfMutation, type TokenRole } from "./auth/roles.ts";
import { createDocuments } from "./documents.ts";
import { ApiError } from "./errors.ts";
import type { Parameters } from "./http/parameters.ts";
import { checkPages } from "./limits/pages.ts";
import { checkVariables } from "./limits/variables.ts";
import { Splices } from "./rows/splices.ts";
import type { BuiltSchema } from "./schema/build.ts";
import type { Webhooks } from "./webhooks.ts";
import { createWithPgClient } from "./with-pg-client.ts";

export type Request = {
  parameters: Parameters;
  claims: Claims;
  /** Of the request's transactions. */
  settings: Record<string, string>;
  /** GET must not change anything. */
  mayMutate: boolean;
};

/** As text, never made of objects. */
type Data = NonNullable<ExecutionResult["data"]>;

export type Execute = (request: Request) => Promise<ExecutionResult>;

/** Executes requests on a schema; throws what keeps one from being executed. */
export function createExecute(
  { schema, resolvedPreset }: BuiltSchema,
  pool: pg.Pool,
  webhooks: Webhooks | undefined,
): Execute {
  const readDocument = createDocuments(schema);
  const withPgClient = createWithPgClient(pool);
  return async ({ parameters, claims, settings, mayMutate }) => {
    const { query, operationName, variables = {} } = parameters;
    const { asked: document, executed } = readDocument(query);
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      const which =
        operationName === undefined ? "there are several: give operationName" : "there is none of that name";
      throw new ApiError("INVALID_QUERY", `the operation to execute is not clear; ${which}`);
    }
    if (!schema.getRootType(operation.operation)) {
      throw new ApiError("INVALID_QUERY", `there are no operations of the kind ${operation.operation}`);
    }
    if (operation.operation === "mutation") {
      if (!mayMutate) throw notByGet();
      refuseOtherRoles(operation, claims.role);
    }
    checkVariables({ schema, operation, variables });
    checkPages({ schema, document, operation, variables });

    const splices = new Splices();
    const result = await execute({
      schema,
      document: executed,
      operationName,
      variableValues: variables,
      contextValue: { pgSettings: settings, withPgClient, webhooks, splices },
      resolvedPreset,
      middleware: null,
      outputDataAsString: true,
    });
    // Only operations with @stream, @defer or subscriptions, of which the schema has none.
    if (Symbol.asyncIterator in result) throw new GraphQLError("this operation is not supported");
    // The text that was asked for.
    const data = result.data as unknown as string | null | undefined;
    return data ? { ...result, data: splices.into(data) as unknown as Data } : result;
  };
}

/** By the field that comes first. What is hidden behind it, or in a fragment, the database refuses. */
function refuseOtherRoles({ selectionSet }: OperationDefinitionNode, role: TokenRole): void {
  const [first] = selectionSet.selections;
  if (first?.kind !== Kind.FIELD) return;
  const needed = roleOfMutation(first.name.value);
  if (role !== needed) throw new ApiError("FORBIDDEN", `mutations need a token of the role ${needed}`);
}

function notByGet(): ApiError {
  return new ApiError("METHOD_NOT_ALLOWED", "mutations must be sent by POST", { headers: { allow: "POST" } });
}
