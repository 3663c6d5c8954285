import type pg from "pg";
import { closedLoop } from "./lib/closed-loop.ts";
import { chatEnded } from "./lib/documents.ts";
import type { Figure, Part } from "./lib/part.ts";
import { createPlainEvents } from "./lib/plain-events.ts";
import { inTurn } from "./lib/rounds.ts";
import { median, medianRatio } from "./lib/statistics.ts";
import { perSecond } from "./lib/words.ts";

const CLIENTS = 8;
const ROUNDS = 3;
const BATCH = 500;

const DOCUMENTS = Array.from({ length: BATCH }, () => chatEnded());

/** Statements that put many events each, nobody reading. */
export const batches: Part = {
  name: "batches",
  run: (bench) =>
    bench.server.withDatabase(async ({ url, pool }) => {
      await createPlainEvents(pool);
      await createDocuments(pool);
      const leg =
        (table: string, source: string, values: string[] = []) =>
        async () => {
          await pool.query("truncate broker.events, broker.messages, plain_events");
          await pool.query("checkpoint");
          const text = `insert into ${table} (name, data) select 'chat.ended', ${source}`;
          const statements = await closedLoop({
            url,
            clients: CLIENTS,
            seconds: 10,
            statements: bench.quick ? 100 : 400,
            next: () => ({ name: "batch", text, values }),
          });
          return statements * BATCH;
        };
      // An array in PostgreSQL's notation, made once: making it is no work of the broker's.
      const sent = [`{${DOCUMENTS.map((document) => JSON.stringify(document)).join(",")}}`];
      const rates = await inTurn(bench, ROUNDS, {
        "plain, sent": leg("plain_events", "unnest($1::jsonb[])", sent),
        "parley, sent": leg("broker.events", "unnest($1::jsonb[])", sent),
        "plain, copied": leg("plain_events", "data from documents"),
        "parley, copied": leg("broker.events", "data from documents"),
      });
      return [
        compare("sent with the statement", rates["parley, sent"], rates["plain, sent"]),
        compare("copied from another table", rates["parley, copied"], rates["plain, copied"]),
      ];
    }),
};

function compare(how: string, parley: number[], plain: number[]): Figure {
  const ratio = medianRatio(parley, plain);
  return {
    what: `statements of ${BATCH} 900-byte events, ${how}, to six queues, ${CLIENTS} clients`,
    measured: perSecond(median(parley), "events"),
    yardstick: `the same statements without trigger: ${perSecond(median(plain), "events")}`,
    ratio,
    required: "0.50 or more",
    met: ratio >= 0.5,
  };
}

async function createDocuments(pool: pg.Pool): Promise<void> {
  await pool.query("create table documents (data jsonb not null)");
  await pool.query("insert into documents select unnest($1::jsonb[])", [DOCUMENTS]);
}
