import "graphile-build-pg";
import { GraphQLNonNull } from "grafast/graphql";

const COUNT = "Count";

/** What is counted is answered as a number, to be added up; 64 bits that name something stay a string. */
export const CountsPlugin: GraphileConfig.Plugin = {
  name: "CountsPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      init: (_, build) => {
        build.registerScalarType(
          COUNT,
          {},
          () => ({
            description: "How many there are: a whole number, exact up to 2^53.",
            serialize: wholeNumber,
          }),
          "CountsPlugin",
        );
        return _;
      },
      GraphQLObjectType_fields_field: (field, build, { scope }) => {
        const { pgFieldAttribute, fieldName, isMutationPayload, pgCodec } = scope;
        const codec = isMutationPayload ? pgCodec : pgFieldAttribute?.codec;
        if (codec !== build.dataplanPg.TYPES.bigint || /^id$|Id$/.test(fieldName)) return field;
        const count = build.getOutputTypeByName(COUNT);
        return { ...field, type: field.type instanceof GraphQLNonNull ? new GraphQLNonNull(count) : count };
      },
    },
  },
};

/** PostgreSQL gives text. */
function wholeNumber(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError("a count is beyond 2^53");
}
