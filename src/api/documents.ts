import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from "grafast/graphql";
import { ApiError } from "./errors.ts";
import { LIMITS } from "./limits/limits.ts";
import { checkShape } from "./limits/shape.ts";
import { Lru } from "./lru.ts";
import { askForText } from "./rows/ask-for-text.ts";

/** Clients send few documents over and over. By weight, in characters: a parsed document is some fifty times as large. */
const KEPT = { most: 200, mostWeight: 500_000 };

/** More are of no use to anybody. */
const MOST_ERRORS = 10;

/** A document that cannot be executed, with all that is wrong with it. */
export class InvalidDocument extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super("invalid document");
    this.errors = errors;
  }
}

/** A document that can be executed: as it was sent, and as it is executed. */
export type Document = { asked: DocumentNode; executed: DocumentNode };

/** Parses documents, within the limits, and checks them against the schema; those that can be executed are remembered. */
export function createDocuments(schema: GraphQLSchema): (query: string) => Document {
  const known = new Lru<Document>(KEPT);
  return (query) => {
    let document = known.get(query);
    if (!document) {
      const asked = parseWithinLimits(query);
      const errors = validate(schema, asked, specifiedRules, { maxErrors: MOST_ERRORS });
      if (errors.length > 0) throw new InvalidDocument(errors);
      document = { asked, executed: askForText(schema, asked) };
      known.set(query, document, query.length);
    }
    return document;
  };
}

function parseWithinLimits(query: string): DocumentNode {
  if (query.length > LIMITS.documentLength) {
    throw new ApiError("TOO_LARGE", `the query is longer than ${LIMITS.documentLength} characters`);
  }
  try {
    const document = parse(query, { maxTokens: LIMITS.documentTokens });
    checkShape(document);
    return document;
  } catch (error) {
    // The parser goes down with what it reads.
    if (error instanceof RangeError) throw new ApiError("TOO_DEEP", "the query is nested too deep");
    if (error instanceof GraphQLError && error.message.includes("Parsing aborted")) {
      throw new ApiError("TOO_LARGE", `the query has more than ${LIMITS.documentTokens} tokens`);
    }
    if (error instanceof GraphQLError) throw new ApiError("SYNTAX_ERROR", error.message);
    throw error;
  }
}
