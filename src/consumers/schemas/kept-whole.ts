import { z } from "zod";
import { stringifyExactJson } from "../../db/exact-json.ts";

/**
 * `schema` for an event whose members the source does not print: those listed are ours, so the whole document is kept
 * beside them, as JSON text in `data`.
 */
export const keptWhole = <T extends z.ZodType>(schema: T) =>
  schema.and(z.unknown().transform((document) => ({ data: stringifyExactJson(document) })));
