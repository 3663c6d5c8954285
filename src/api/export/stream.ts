import { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { busy } from "../gate.ts";
import { copyStatement, titles } from "./csv.ts";
import type { Export } from "./exports.ts";
import { orderOf, sourceOf } from "./source.ts";

const CANCEL_AGAIN_MS = 1000;

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
  let cancelling: NodeJS.Timeout | undefined;
  const giveUp = () => {
    cancel();
    // One that arrives before the query has begun is lost.
    cancelling = setInterval(cancel, CANCEL_AGAIN_MS);
  };
  signal.addEventListener("abort", giveUp);
  const finish = (isWhole: boolean) => {
    signal.removeEventListener("abort", giveUp);
    clearInterval(cancelling);
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
    let isWhole = false;
    const csv = async function* () {
      yield titles(fields);
      for (let next = first; !next.done; next = await rows.next()) yield next.value;
      await client.query("commit");
      isWhole = true;
    };
    const stream = Readable.from(csv(), { objectMode: false });
    // Not in the generator: one that is given up before it is read never runs.
    stream.once("close", () => finish(isWhole));
    if (signal.aborted) stream.destroy();
    return stream;
  } catch (error) {
    finish(false);
    throw error;
  }
}

/** @types/pg does not know it. */
function processOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { processID: number }).processID;
}
