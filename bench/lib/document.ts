import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTable, table } from "./table.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const END = "\n<!-- end of figures -->";

/** Writes rows of some parts of a suite into docs/benchmarks.md; rows of its other parts stay if the same machine measured them. */
export function writeDocument(
  suite: string,
  machine: string,
  allParts: string[],
  measured: Map<string, string[][]>,
): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const begin = `<!-- figures: npm run ${suite} -- --write -->\n`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(END, from - 1);
  if (from < begin.length || to < 0) {
    throw new Error(`docs/benchmarks.md lacks the lines "${begin.trim()}" and "${END.trim()}"`);
  }
  const figures = text.slice(from, to);
  const kept = figures.includes(machine) ? parseTable(figures) : [];
  const rows = allParts.flatMap((part) => measured.get(part) ?? kept.filter(([of]) => of === part));
  writeFileSync(DOCUMENT, `${text.slice(0, from)}\n${machine}\n\n${table(rows)}\n${text.slice(to)}`);
}
