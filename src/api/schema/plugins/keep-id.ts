import "graphile-build-pg";

/** A column `id` stays `id`; the preset would make it rowId, for the global ids that we do not have. */
export const KeepIdPlugin: GraphileConfig.Plugin = {
  name: "KeepIdPlugin",
  version: "1.0.0",
  inflection: {
    replace: {
      _attributeName(previous, _options, details) {
        return previous!({ ...details, skipRowId: true });
      },
    },
  },
};
