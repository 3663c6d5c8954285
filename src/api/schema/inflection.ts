import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import "graphile-build-pg";

/**
 * Of names that we have none of: global ids, and generated changes of rows. A name of theirs replaced is a warning on the console.
 * And camel case, so that p50_s is p50S as mean_s is meanS, and not the plural of a p50.
 */
const UNUSED = /^(patchField|nodeById|(update|delete)(ByKeys|Node)(Field|InputType)|camelCase)$/;

/** `agents` and `agent`, not `allAgents` and `agentById`. */
export const ShortNamesPreset: GraphileConfig.Preset = {
  ...PgSimplifyInflectionPreset,
  plugins: (PgSimplifyInflectionPreset.plugins ?? []).map((plugin) => ({
    ...plugin,
    inflection: {
      ...plugin.inflection,
      replace: Object.fromEntries(
        Object.entries(plugin.inflection?.replace ?? {}).filter(([name]) => !UNUSED.test(name)),
      ),
    },
  })),
};
