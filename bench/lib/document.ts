import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTable, table } from "./table.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const BEGIN = "<!-- figures: npm run bench -- --write -->\n";
const END = "\n<!-- end of figures -->";

/** Writes rows of some parts into docs/benchmarks.md; rows of other parts stay if the same machine measured them. */
export function writeDocument(machine: string, allParts: string[], measured: Map<string, string[][]>): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before, figures, after] = split(text);
  const kept = figures.includes(machine) ? parseTable(figures) : [];
  const rows = allParts.flatMap((part) => measured.get(part) ?? kept.filter(([of]) => of === part));
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n${machine}\n\n${table(rows)}\n${END}${after}`);
}

function split(text: string): [before: string, figures: string, after: string] {
  const [before, rest] = text.split(BEGIN);
  const [figures, after] = rest?.split(END) ?? [];
  if (before === undefined || figures === undefined || after === undefined) {
    throw new Error(`docs/benchmarks.md lacks the lines "${BEGIN.trim()}" and "${END.trim()}"`);
  }
  return [before, figures, after];
}
