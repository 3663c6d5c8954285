import "./grafast-environment.ts";
import type { GraphQLSchema } from "grafast/graphql";
import type pg from "pg";
import { makeSchema } from "postgraphile";
import { preset } from "./preset.ts";

/** Plans that are kept: of so many operations, and a few of each, since a plan may depend on the values of variables. */
const PLANNED_OPERATIONS = 200;
const PLANS_PER_OPERATION = 4;

export type BuiltSchema = { schema: GraphQLSchema; resolvedPreset: GraphileConfig.ResolvedPreset };

/** The GraphQL schema of what is in schema api now. */
export async function buildSchema(pool: pg.Pool): Promise<BuiltSchema> {
  const { schema, resolvedPreset } = await makeSchema(preset(pool));
  schema.extensions = {
    ...schema.extensions,
    grafast: {
      ...schema.extensions.grafast,
      operationsCacheMaxLength: PLANNED_OPERATIONS,
      operationOperationPlansCacheMaxLength: PLANS_PER_OPERATION,
    },
  };
  return { schema, resolvedPreset };
}
