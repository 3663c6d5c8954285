import pg from "pg";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Export } from "./exports.ts";
import { literal } from "./parameters.ts";

/** The rows of an export, as what follows `from`. BAD_USER_INPUT names the parameter that cannot be used. */
export function sourceOf(exported: Export, query: Record<string, unknown>): string {
  const given = check(exported, query);
  if ("view" in exported) {
    const conditions = given.map(([name, value]) => {
      const parameter = exported.parameters[name]!;
      return parameter.where.replaceAll("$", () => literal(value, parameter));
    });
    return `api.${pg.escapeIdentifier(exported.view)}${conditions.map((one, n) => ` ${n === 0 ? "where" : "and"} (${one})`).join("")}`;
  }
  const list = given.map(
    ([name, value]) => `${snakeCase(name)} => ${literal(value, exported.parameters[name]!)}`,
  );
  return `api.${pg.escapeIdentifier(exported.function)}(${list.join(", ")})`;
}

export function orderOf({ orderBy }: Export): string {
  return orderBy === undefined ? "" : ` order by ${orderBy}`;
}

function check({ parameters }: Export, query: Record<string, unknown>): [string, string][] {
  const shape = Object.fromEntries(Object.entries(parameters).map(([name, { schema }]) => [name, schema]));
  const parsed = z.strictObject(shape).safeParse(query);
  if (parsed.success)
    return Object.entries(parsed.data).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const issue = parsed.error.issues[0]!;
  const known = Object.keys(parameters).join(", ") || "none";
  throw new ApiError(
    "BAD_USER_INPUT",
    issue.code === "unrecognized_keys"
      ? `there is no parameter ${issue.keys[0]}; there are: ${known}`
      : `${issue.path.join(".")} ${issue.message}`,
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
