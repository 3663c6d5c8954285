/** What one cell of a table may hold. Numbers are aligned to the right, dates printed in UTC, null as nothing. */
export type Cell = string | number | boolean | Date | null;

/** Options of every command that prints. */
export interface OutputOptions {
  json?: boolean;
}

/** Prints a result: as indented JSON with `--json`, else as the text that `describe` makes of it. */
export function report<Result>(
  options: OutputOptions,
  result: Result,
  describe: (result: Result) => string,
): void {
  const text = options.json ? JSON.stringify(result, null, 2) : describe(result);
  if (text !== "") print(`${text}\n`);
}

function print(text: string): void {
  if (!process.stdout.listeners("error").includes(ignoreClosedPipe)) {
    process.stdout.on("error", ignoreClosedPipe);
  }
  process.stdout.write(text);
}

/** `./parley events | head -1` wants no more; that is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** Aligns rows under the titles of `columns`. Without rows the answer is `empty`, a sentence. */
export function formatTable<Row>(
  rows: Row[],
  columns: Record<string, (row: Row) => Cell>,
  empty: string,
): string {
  if (rows.length === 0) return empty;
  const table = Object.entries(columns).map(([title, cellOf]) => {
    const values = rows.map(cellOf);
    const cells = [title, ...values.map(formatCell)];
    const width = Math.max(...cells.map((cell) => cell.length));
    const alignRight = values.some((value) => typeof value === "number");
    return cells.map((cell) => (alignRight ? cell.padStart(width) : cell.padEnd(width)));
  });
  const lines = ["", ...rows].map((_, line) => table.map((cells) => cells[line]).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** One `name: value` line each, values aligned. */
export function formatFields(fields: Record<string, Cell>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${formatCell(value)}`.trimEnd())
    .join("\n");
}

/** 42 s, 7 min, 3 h, 12 d: an age as short as it stays useful. */
export function formatAge(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `1 event`, `2 events`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function formatCell(value: Cell): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return withoutControlCharacters(String(value));
}

/** Keys and names come from outside: they must not break the table, nor steer the terminal. */
function withoutControlCharacters(text: string): string {
  return text.replace(/\p{Cc}/gu, "\u{FFFD}");
}
