import pg from "pg";
import { z } from "zod";

/** One query parameter: how it is written, and the SQL type of its value. */
export type Parameter = { schema: z.ZodType<string | undefined>; type: string };

const word = (error: string) => z.string({ error }).min(1, error).max(200, error);

/** A zero character would end the statement in which the text stands. */
export const text = (type = "text"): Parameter => ({
  schema: word("must be a text").refine((value) => !value.includes("\0"), "must not hold \\u0000"),
  type,
});

/** A value of an enum, whose values are listed: the database would say only that it is none. */
export const oneOf = (type: string, values: readonly string[]): Parameter => ({
  schema: z.enum(values, `must be one of ${values.join(", ")}`),
  type,
});

const written = { offset: true, local: true, error: "must be a time in ISO 8601, such as 2026-01-31T00:00Z" };

/** A moment: what PostgreSQL takes besides ISO 8601, such as `infinity`, is not what was meant. */
export const time: Parameter = {
  // To the second, or part of it, or to the minute.
  schema: z.union([z.iso.datetime(written), z.iso.datetime({ ...written, precision: -1 })], written.error),
  type: "timestamptz",
};

/** `agentIds=1,2,3` */
export const ids: Parameter = {
  schema: word("must be whole numbers, separated by commas")
    .regex(/^\d{1,18}(,\d{1,18})*$/, "must be whole numbers, separated by commas")
    .max(10_000, "has too many numbers")
    .transform((list) => `{${list}}`),
  type: "bigint[]",
};

export const optional = ({ schema, type }: Parameter): Parameter => ({ schema: schema.optional(), type });

/** The value as it stands in a statement: COPY takes no parameters. */
export function literal(value: string, { type }: Parameter): string {
  return `${pg.escapeLiteral(value)}::${type}`;
}
