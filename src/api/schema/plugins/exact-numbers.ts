import "graphile-build";
import { GraphQLError, Kind, type ValueNode } from "grafast/graphql";
import { withRawNumbers } from "../../../db/exact-json.ts";

/** Documents keep whole numbers exact that JavaScript would round, and ids may be written as numbers. */
export const ExactNumbersPlugin: GraphileConfig.Plugin = {
  name: "ExactNumbersPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      GraphQLScalarType(config) {
        if (config.name === "JSON") {
          return {
            ...config,
            serialize: withRawNumbers,
            parseValue: withRawNumbers,
            parseLiteral: (node, variables) => ofLiteral(node, variables),
          };
        }
        if (config.name === "BigInt") {
          return {
            ...config,
            description: "An id of up to 64 bits: given as a number or a string, answered as a string.",
            parseValue: wholeNumber,
            parseLiteral: (node) => wholeNumber("value" in node ? node.value : undefined),
          };
        }
        return config;
      },
    },
  },
};

function wholeNumber(value: unknown): string {
  const text = String(value);
  if (/^-?\d{1,19}$/.test(text)) return text;
  throw new GraphQLError("a whole number of up to 64 bits is expected");
}

/** Grafast reads documents in the text of a query by itself, and rounds. */
function ofLiteral(node: ValueNode, variables: Record<string, unknown> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.INT:
      if (!Number.isSafeInteger(Number(node.value))) {
        throw new GraphQLError("a whole number beyond 2^53 must be sent in variables");
      }
      return Number(node.value);
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((inner) => ofLiteral(inner, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, ofLiteral(value, variables)]),
      );
    case Kind.ENUM:
      throw new GraphQLError("a text must be quoted");
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    default:
      return node.value;
  }
}
