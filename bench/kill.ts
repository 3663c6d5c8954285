import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { Child } from "./lib/child.ts";
import { now } from "./lib/clock.ts";
import type { Figure, Part } from "./lib/part.ts";
import { QUEUES, untilEmpty } from "./lib/queues.ts";
import type { Database } from "./lib/server.ts";
import { count } from "./lib/words.ts";

const PER_SECOND = 300;
const LIFE_MS = { shortest: 500, longest: 4_000 };
const CATCH_UP_S = 60;

/** One worker process from its start to its kill. */
interface Life {
  startedAt: number;
  endedAt: number;
  deliveries: { queue: string; eventId: number; at: number }[];
}

/** `kill -9` of the worker at random moments under load, each time with a new start at once. */
export const kill: Part = {
  name: "kill",
  run: ({ server, quick, progress }) =>
    server.withDatabase(async (database) => {
      const kills = quick ? 5 : 20;
      await database.pool.query("create table stored_events (event_id bigint not null)");
      const producer = await Child.start("paced-producer.ts", { url: database.url, perSecond: PER_SECOND });
      const lives: Life[] = [];
      for (let life = 0; life < kills; life++) {
        lives.push(await live(database, (worker) => worker.kill()));
        progress(`kill ${life + 1} of ${kills}: resumed after ${count(resumedAfter(lives.at(-1)!))} ms`);
      }
      const last = await live(database, async (worker) => {
        await producer.finish();
        await worker.whileAlive(untilEmpty(database.pool, CATCH_UP_S));
        await worker.finish();
      });
      return figures(database.pool, kills, [...lives, last]);
    }),
};

/** Runs a worker for a random time, then ends it. */
async function live({ url }: Database, end: (worker: Child<void>) => Promise<void>): Promise<Life> {
  const folder = mkdtempSync(path.join(tmpdir(), "parley-bench-"));
  const file = path.join(folder, "deliveries");
  try {
    const startedAt = now();
    const worker = new Child<void>("recording-worker.ts", { url, file });
    await sleep(LIFE_MS.shortest + Math.random() * (LIFE_MS.longest - LIFE_MS.shortest));
    await end(worker);
    return { startedAt, endedAt: now(), deliveries: readDeliveries(file) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readDeliveries(file: string): Life["deliveries"] {
  const lines = readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n").slice(0, -1);
  return lines.map((line) => {
    const [queue, eventId, at] = line.split(" ");
    return { queue: queue!, eventId: Number(eventId), at: Number(at) };
  });
}

/** Milliseconds from the start until every queue had a delivery; a life too short for that counts as a whole. */
function resumedAfter({ startedAt, endedAt, deliveries }: Life): number {
  const firsts = QUEUES.map(
    (queue) => deliveries.find((delivery) => delivery.queue === queue)?.at ?? endedAt,
  );
  return Math.max(...firsts) - startedAt;
}

async function figures(pool: pg.Pool, kills: number, lives: Life[]): Promise<Figure[]> {
  const { rows } = await pool.query(`
    select
      (select array_agg(id) from broker.events where name = 'chat.ended') as put,
      (select array_agg(event_id) from stored_events) as stored,
      (select count(*) from broker.error_messages) as errors`);
  const [{ put, stored, errors }] = rows as [{ put: number[]; stored: number[]; errors: number }];
  const counts = QUEUES.map((queue) => {
    const delivered =
      queue === "PersistenceQueue"
        ? stored
        : lives.flatMap((life) => life.deliveries.filter((d) => d.queue === queue).map((d) => d.eventId));
    const known = new Set(delivered);
    return { lost: put.filter((id) => !known.has(id)).length, again: delivered.length - known.size };
  });
  const lost = counts.reduce((sum, one) => sum + one.lost, 0);
  const [persistence, ...callingOut] = counts;
  const again = callingOut.reduce((sum, one) => sum + one.again, 0);
  const slowest = Math.max(...lives.map(resumedAfter));
  const under = `${kills} kill -9 of the worker at ${PER_SECOND} events/s to six queues`;
  return [
    {
      what: `${under}: lost`,
      measured: `${count(lost)} of ${count(put.length * QUEUES.length)} (${count(errors)} in the error queue)`,
      required: "0",
      met: lost === 0 && errors === 0,
    },
    {
      what: `${under}: doubled, transactional consumer`,
      measured: `${count(persistence!.again)} of ${count(put.length)}`,
      required: "0",
      met: persistence!.again === 0,
    },
    {
      what: `${under}: handled again, consumers that call out (at least once)`,
      measured: `${count(again)} of ${count(put.length * callingOut.length)}`,
    },
    {
      what: `${under}: from the start of the new process to a delivery in every queue, slowest`,
      measured: `${(slowest / 1000).toFixed(2)} s`,
      required: "less than 2 s",
      met: slowest < 2000,
    },
  ];
}
