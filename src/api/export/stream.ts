import { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { busy } from "../gate.ts";
import { copyStatement, titles } from "./csv.ts";
import type { Export } from "./exports.ts";
import { orderOf, sourceOf } from "./source.ts";

type Options = {
  pool: pg.Pool;
  exported: Export;
  query: Record<string, unknown>;
  settings: Record<string, string>;
  /** Nobody wants it any more. */
  signal: AbortSignal;
};

/**
 * CSV as PostgreSQL writes it, at the pace at which it is read. Resolves with the first rows at hand, so that what is wrong is an
 * error before anything is sent; what goes wrong later breaks the stream off.
 */
export async function streamCsv({ pool, exported, query, settings, signal }: Options): Promise<Readable> {
  const source = sourceOf(exported, query);
  const client = await pool.connect();
  // The query itself notices neither that nobody reads nor that nobody will.
  const cancel = () => void pool.query("select pg_cancel_backend($1)", [processOf(client)]).catch(() => {});
  signal.addEventListener("abort", cancel);
  const finish = (isWhole: boolean) => {
    signal.removeEventListener("abort", cancel);
    // A cancellation on its way must not meet somebody else's query.
    client.release(!isWhole || signal.aborted);
  };
  try {
    await client.query("begin");
    await client.query("select set_config(name, value, true) from json_each_text($1) s (name, value)", [
      JSON.stringify(settings),
    ]);
    const { fields } = await client.query(`select * from ${source} limit 0`);
    if (signal.aborted) throw busy("the export was given up");
    const rows = client
      .query(copyTo(copyStatement(fields, source, orderOf(exported))))
      [Symbol.asyncIterator]();
    const first = await rows.next();
    return Readable.from(
      allOf(titles(fields), first, rows, () => client.query("commit"), finish),
      { objectMode: false },
    );
  } catch (error) {
    finish(false);
    throw error;
  }
}

async function* allOf(
  head: string,
  first: IteratorResult<Buffer>,
  rows: AsyncIterator<Buffer>,
  commit: () => Promise<unknown>,
  finish: (isWhole: boolean) => void,
): AsyncGenerator<string | Buffer> {
  let isWhole = false;
  try {
    yield head;
    for (let next = first; !next.done; next = await rows.next()) yield next.value;
    await commit();
    isWhole = true;
  } finally {
    finish(isWhole);
  }
}

/** @types/pg does not know it. */
function processOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { processID: number }).processID;
}
