import type { Figure } from "./part.ts";

const HEAD = ["part", "what", "measured", "yardstick in the same run", "ratio", "required", "", "day"];

/** The cells of a row; `day` says when it was measured, and how if not in full. */
export function cellsOf(part: string, figure: Figure, day: string): string[] {
  const { what, measured, yardstick = "", ratio, required = "", met } = figure;
  const verdict = met === undefined ? "" : met ? "met" : "**missed**";
  return [part, what, measured, yardstick, ratio?.toFixed(2) ?? "", required, verdict, day];
}

/** A Markdown table, aligned as the formatter wants it. */
export function table(rows: string[][]): string {
  const widths = HEAD.map((head, column) =>
    Math.max(3, head.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** The rows of a table in a text. */
export function parseTable(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
