import "./grafast-environment.ts";
import type pg from "pg";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { RowsPlugin } from "../rows/rows-plugin.ts";
import { ShortNamesPreset } from "./inflection.ts";
import { CountsPlugin } from "./plugins/counts.ts";
import { DescriptionsPlugin } from "./plugins/descriptions.ts";
import { ExactNumbersPlugin } from "./plugins/exact-numbers.ts";
import { HideHelpersPlugin } from "./plugins/hide-helpers.ts";
import { KeepIdPlugin } from "./plugins/keep-id.ts";
import { WebhooksPlugin } from "./plugins/webhooks.ts";

/** Planning is for queries of at most a few hundred fields; execution is bounded by statement_timeout, which stops the database too. */
const TIMEOUTS_MS = { planning: 1000, execution: 30_000 };

/** PostGraphile on schema api: what is in it, and nothing that is generated from tables. */
export function preset(pool: pg.Pool): GraphileConfig.Preset {
  return {
    extends: [PostGraphileAmberPreset, ShortNamesPreset, PostGraphileConnectionFilterPreset],
    plugins: [
      KeepIdPlugin,
      HideHelpersPlugin,
      ExactNumbersPlugin,
      CountsPlugin,
      RowsPlugin,
      WebhooksPlugin,
      DescriptionsPlugin,
    ],
    disablePlugins: [
      "PgMutationCreatePlugin",
      "PgMutationUpdateDeletePlugin",
      // No global ids, and no way from a mutation, or a query, back to all queries.
      "NodePlugin",
      "NodeAccessorPlugin",
      "AddNodeInterfaceToSuitableTypesPlugin",
      "QueryQueryPlugin",
      "MutationPayloadQueryPlugin",
      // What a mutation gives back is no page of a list.
      "PgMutationPayloadEdgePlugin",
      // `filter` can say all that `condition` can.
      "PgConditionArgumentPlugin",
    ],
    pgServices: [makePgService({ pool, schemas: ["api"], pubsub: false })],
    // Arguments without default are required.
    gather: { pgStrictFunctions: true, installWatchFixtures: false },
    schema: {
      dontSwallowErrors: true,
      pgForbidSetofFunctionsToReturnNull: true,
      defaultBehavior: "-resource:insert -resource:update -resource:delete",
      connectionFilterAllowedOperators: [
        "isNull",
        "equalTo",
        "in",
        "lessThan",
        "lessThanOrEqualTo",
        "greaterThan",
        "greaterThanOrEqualTo",
      ],
      connectionFilterComputedColumns: false,
      connectionFilterSetofFunctions: false,
      connectionFilterArrays: false,
      connectionFilterRelations: false,
    },
    grafast: { timeouts: TIMEOUTS_MS, maxPlanningDepth: 60 },
  };
}
