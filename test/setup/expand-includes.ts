import { readFileSync } from "node:fs";

const SQL = new URL("../../sql/", import.meta.url);

/** The text of a file of `sql/` with everything it includes, as graphile-migrate would commit it. */
export function expandIncludes(file: string, seen: (file: string) => void = () => {}): string {
  seen(file);
  const text = readFileSync(new URL(file, SQL), "utf8");
  return text.replace(/^--! include (\S+\.sql)$/gm, (_line, included) => expandIncludes(included, seen));
}
