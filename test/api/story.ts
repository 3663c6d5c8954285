import { type Db, rows } from "../broker/test-queue.ts";

/**
 * Plays a story, a line a step: `09:02:00 | a := open_conversation(...)` names a conversation, later lines call it `a`:
 * `09:03:00 | append_message(a, 'Hello')`. What is no function of schema chat is run as it is. Times are UTC.
 */
export async function play(session: Db, day: string, story: string): Promise<Map<string, number>> {
  const conversations = new Map<string, number>();
  for (const line of story.trim().split("\n")) {
    const [, time, name, call] = /^\s*([\d:.]+) \| (?:(\w+) := )?(.*)$/.exec(line) ?? [];
    if (!call) throw new Error(`no step of a story: ${line}`);
    await session.query("select set_config('parley.now', $1, false)", [`${day} ${time}Z`]);
    const named = call.replaceAll(/\b[a-z]\b(?=[,)])/g, (word) => String(conversations.get(word) ?? word));
    const [row] = await rows<Record<string, number>>(
      session,
      /^\w+\(/.test(named) ? `select chat.${named}` : named,
    );
    if (name) conversations.set(name, Object.values(row!)[0]!);
  }
  return conversations;
}

/** A table of text: the first line names the columns, two spaces or more part them. */
export function parseTable(table: string): Record<string, string>[] {
  const [head, ...lines] = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
  return lines.map((cells) => Object.fromEntries(head!.map((column, index) => [column, cells[index] ?? ""])));
}

/** Rows in the way of such a table, and in its columns only: `-` is null, and of times only the clock is shown. */
export function inColumnsOf(
  head: readonly string[],
  found: Record<string, unknown>[],
): Record<string, string>[] {
  return found.map((row) => Object.fromEntries(head.map((column) => [column, shown(row[column])])));
}

function shown(cell: unknown): string {
  if (cell === null || cell === undefined) return "-";
  if (cell instanceof Date) return cell.toISOString().slice(11, 19);
  return typeof cell === "number" ? String(Math.round(cell * 1000) / 1000) : String(cell);
}
