import type pg from "pg";
import { Child } from "./lib/child.ts";
import { closedLoop } from "./lib/closed-loop.ts";
import { chatEnded } from "./lib/documents.ts";
import type { Figure, Part } from "./lib/part.ts";
import { untilEmpty } from "./lib/queues.ts";
import type { Database } from "./lib/server.ts";
import { count } from "./lib/words.ts";

/** Bytes that a put may add to those of the payload. */
const REQUIRED = 1024;
const BATCH = 500;
const CATCH_UP_S = 120;

/** What a put, and its six deliveries, add to the write-ahead log. */
export const wal: Part = {
  name: "wal",
  run: ({ server, quick, progress }) =>
    server.withDatabase(async (database) => {
      const { pool } = database;
      const events = quick ? 5_000 : 20_000;
      await pool.query("create extension pg_walinspect");
      const measure = async (what: string, work: () => Promise<unknown>) => {
        const written = await writtenBy(pool, events, work);
        progress(`${what}: ${inWords(written)}`);
        return written;
      };

      await pool.query("checkpoint");
      const fresh = await measure("single puts after a checkpoint", () => putOneByOne(database, events));
      const steady = await measure("single puts", () => putOneByOne(database, events));
      const batches = await measure("batches", () => putInBatches(pool, events));
      // Three times the events were put.
      const delivered = await writtenBy(pool, 3 * events, () => deliverAll(database));
      const document = await storedDocument(pool);
      const put = (what: string, written: Written): Figure => ({
        what: `WAL of a 900-byte event to six queues: ${what}`,
        measured: `payload as stored ${count(document)} B + ${inWords({ ...written, total: written.total - document })}`,
        required: `payload + ${count(REQUIRED)} B`,
        met: written.total - document <= REQUIRED,
      });
      return [
        put("single puts", steady),
        put("single puts right after a checkpoint", fresh),
        put(`statements of ${BATCH}`, batches),
        { what: "WAL that the six deliveries of an event add", measured: inWords(delivered) },
      ];
    }),
};

/** Bytes per event. */
interface Written {
  total: number;
  fullPages: number;
}

function inWords({ total, fullPages }: Written): string {
  return `${count(total)} B (of it full-page images: ${count(fullPages)} B)`;
}

async function writtenBy(pool: pg.Pool, events: number, work: () => Promise<unknown>): Promise<Written> {
  const position = async () => (await pool.query("select pg_current_wal_insert_lsn() as lsn")).rows[0].lsn;
  const from = await position();
  await work();
  const to = await position();
  const { rows } = await pool.query(
    `select $2::pg_lsn - $1::pg_lsn as total, (select sum(fpi_size) from pg_get_wal_stats($1::pg_lsn, $2::pg_lsn)) as full_pages`,
    [from, to],
  );
  return { total: rows[0].total / events, fullPages: rows[0].full_pages / events };
}

/** Bytes of the document as jsonb, which is what the log must hold in any case. */
async function storedDocument(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query("select avg(pg_column_size(data))::float8 as bytes from broker.events");
  return rows[0].bytes;
}

async function putOneByOne({ url }: Database, events: number): Promise<void> {
  await closedLoop({
    url,
    clients: 4,
    seconds: Number.POSITIVE_INFINITY,
    statements: events,
    next: () => ({
      name: "put",
      text: "insert into broker.events (name, data) values ('chat.ended', $1)",
      values: [chatEnded()],
    }),
  });
}

async function putInBatches(pool: pg.Pool, events: number): Promise<void> {
  for (let put = 0; put < events; put += BATCH) {
    await pool.query("insert into broker.events (name, data) select 'chat.ended', unnest($1::jsonb[])", [
      Array.from({ length: BATCH }, () => chatEnded()),
    ]);
  }
}

async function deliverAll({ url, pool }: Database): Promise<void> {
  const worker = await Child.start("no-op-worker.ts", { url });
  await worker.whileAlive(untilEmpty(pool, CATCH_UP_S));
  await worker.finish();
}
