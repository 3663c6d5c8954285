import { ApiError } from "../errors.ts";

export const GRAPHQL_RESPONSE = "application/graphql-response+json";
export const JSON_TYPE = "application/json";

/** The media type of an answer that Accept asks for: the one it likes best, GraphQL's own if it has no preference. NOT_ACCEPTABLE if neither. */
export function chooseMediaType(accept: string | undefined): string {
  if (accept === undefined || accept.trim() === "") return GRAPHQL_RESPONSE;
  const ranges = accept.split(",").map(parseRange);
  const quality = (type: string) => {
    const [family] = type.split("/");
    // What is more exact counts.
    for (const range of [type, `${family}/*`, "*/*"]) {
      const found = ranges.find((one) => one.range === range);
      if (found) return found.quality;
    }
    return 0;
  };
  const [own, plain] = [quality(GRAPHQL_RESPONSE), quality(JSON_TYPE)];
  if (own === 0 && plain === 0) {
    throw new ApiError(
      "NOT_ACCEPTABLE",
      `answers are ${GRAPHQL_RESPONSE} or ${JSON_TYPE}: accept one of them`,
    );
  }
  return own >= plain ? GRAPHQL_RESPONSE : JSON_TYPE;
}

function parseRange(text: string): { range: string; quality: number } {
  const [range, ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { range: range!, quality: Number.isFinite(quality) ? quality : 0 };
}

/** UNSUPPORTED_MEDIA_TYPE unless a body of this type is JSON in UTF-8. */
export function assertJson(contentType: string | undefined): void {
  const [type, ...parameters] = (contentType ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  if (type === JSON_TYPE && (charset === undefined || charset === "utf-8" || charset === "utf8")) return;
  throw new ApiError(
    "UNSUPPORTED_MEDIA_TYPE",
    `the body must be ${JSON_TYPE} in UTF-8: say so in Content-Type`,
  );
}
