import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  type OperationDefinitionNode,
  typeFromAST,
} from "grafast/graphql";
import { ApiError } from "../errors.ts";
import { LIMITS } from "./limits.ts";

type Options = {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
};

/**
 * Refuses variables of too many values: a filter of a hundred thousand conditions would keep the process busy for ten seconds. A JSON
 * document is one value, whatever is in it. For a document that is valid.
 */
export function checkVariables({ schema, operation, variables }: Options): void {
  let values = 0;
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const inputType = typeFromAST(schema, type);
    if (isInputType(inputType)) count(variables[variable.name.value], inputType, 1);
  }

  function count(value: unknown, type: GraphQLInputType, depth: number): void {
    if (++values > LIMITS.values) {
      throw new ApiError("TOO_LARGE", `variables hold more than ${LIMITS.values} values`);
    }
    if (depth > LIMITS.valueDepth) {
      throw new ApiError("TOO_DEEP", `variables are nested more than ${LIMITS.valueDepth} deep`);
    }
    const nullable = getNullableType(type);
    if (isListType(nullable) && Array.isArray(value)) {
      for (const item of value) count(item, nullable.ofType, depth + 1);
    } else if (isInputObjectType(nullable) && typeof value === "object" && value !== null) {
      for (const [name, { type: ofField }] of Object.entries(nullable.getFields())) {
        if (Object.hasOwn(value, name)) count((value as Record<string, unknown>)[name], ofField, depth + 1);
      }
    }
  }
}
