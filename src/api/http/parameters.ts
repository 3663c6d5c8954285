import { z } from "zod";
import { parseExactJson } from "../../db/exact-json.ts";
import { ApiError } from "../errors.ts";

const optional = <Type extends z.ZodType>(type: Type) =>
  type.nullish().transform((value) => value ?? undefined);

const map = z.record(z.string(), z.unknown(), { error: "must be a JSON object" });

const PARAMETERS = z.object({
  query: z.string({ error: "must be a string" }),
  operationName: optional(z.string({ error: "must be a string" })),
  variables: optional(map),
  extensions: optional(map),
});

/** A GraphQL-over-HTTP request: what was asked for. */
export type Parameters = z.infer<typeof PARAMETERS>;

/** Of the body of a POST. */
export function readBody(body: Buffer): Parameters {
  const request = parseJson(() => new TextDecoder("utf-8", { fatal: true }).decode(body), "the body");
  if (Array.isArray(request)) {
    throw new ApiError(
      "MALFORMED_REQUEST",
      "several requests in one are not supported; send each on its own",
    );
  }
  return check(request);
}

/** Of the URL of a GET, where an empty parameter is none. */
export function readUrl(search: string): Parameters {
  const given = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ""));
  const { variables, extensions } = given;
  return check({
    query: given.query,
    operationName: given.operationName,
    variables: variables === undefined ? undefined : parseJson(() => variables, "variables"),
    extensions: extensions === undefined ? undefined : parseJson(() => extensions, "extensions"),
  });
}

function check(request: unknown): Parameters {
  const parsed = PARAMETERS.safeParse(request);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const text = path.length === 0 ? "the request must be a JSON object" : `${path.join(".")} ${message}`;
  throw new ApiError("MALFORMED_REQUEST", text);
}

function parseJson(read: () => string, what: string): unknown {
  try {
    return parseExactJson(read());
  } catch (error) {
    throw new ApiError("BAD_REQUEST", `${what} cannot be read as JSON in UTF-8`, { cause: error });
  }
}
