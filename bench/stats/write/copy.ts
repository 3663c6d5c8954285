import { once } from "node:events";
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from } from "pg-copy-streams";
import { connect } from "../../../src/db/connect.ts";
import { TABLE_NAMES, TABLES, type Table, type Value } from "./tables.ts";

const CHUNK = 256 * 1024;

/** COPY into all tables at once, each over a connection of its own, without triggers and foreign keys. */
export interface Copies {
  add(table: Table, row: Value[]): void;
  /** Waits while the server is behind. */
  keepUp(): Promise<void>;
  finish(): Promise<Record<Table, number>>;
}

export async function openCopies(url: string): Promise<Copies> {
  const copies = Object.fromEntries(
    await Promise.all(TABLE_NAMES.map(async (table) => [table, await openCopy(url, table)] as const)),
  ) as Record<Table, Copy>;
  const all = Object.values(copies);
  return {
    add: (table, row) => copies[table].add(row),
    async keepUp() {
      for (const copy of all) await copy.keepUp();
    },
    async finish() {
      await Promise.all(all.map((copy) => copy.finish()));
      return Object.fromEntries(TABLE_NAMES.map((table) => [table, copies[table].rows()])) as Record<
        Table,
        number
      >;
    },
  };
}

type Copy = Awaited<ReturnType<typeof openCopy>>;

async function openCopy(url: string, table: Table) {
  const client: pg.Client = await connect(url, "parley bench loader");
  await client.query("set session_replication_role = replica");
  await client.query("set synchronous_commit = off");
  const stream = client.query(from(`copy chat.${table} (${TABLES[table]}) from stdin`));
  // Said again by whoever waits for it.
  stream.on("error", () => {});
  let text = "";
  let rows = 0;
  return {
    rows: () => rows,
    add(row: Value[]): void {
      rows++;
      for (let index = 0; index < row.length; index++) {
        text += `${index === 0 ? "" : "\t"}${row[index] ?? "\\N"}`;
      }
      text += "\n";
      if (text.length < CHUNK) return;
      stream.write(text);
      text = "";
    },
    async keepUp(): Promise<void> {
      if (stream.errored) throw stream.errored;
      if (stream.writableNeedDrain) await once(stream, "drain");
    },
    async finish(): Promise<void> {
      stream.end(text);
      await finished(stream);
      await client.end();
    },
  };
}
