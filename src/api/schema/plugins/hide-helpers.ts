import "graphile-build-pg";

/** Functions of schema api whose names begin with an underscore are for its other functions. */
export const HideHelpersPlugin: GraphileConfig.Plugin = {
  name: "HideHelpersPlugin",
  version: "1.0.0",
  schema: {
    entityBehavior: {
      pgResource: {
        override: (behavior, resource) => (resource.name.startsWith("_") ? [behavior, "-*"] : behavior),
      },
    },
  },
};
