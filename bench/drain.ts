import { Child } from "./lib/child.ts";
import type { Bench, Part } from "./lib/part.ts";
import { inTurn } from "./lib/rounds.ts";
import { median, medianRatio } from "./lib/statistics.ts";
import { count, perSecond } from "./lib/words.ts";

export interface DrainOptions {
  url: string;
  messages: number;
}

const ROUNDS = 3;

/** Small documents of a thousand chats. */
const DOCUMENTS =
  "select i, jsonb_build_object('SessionId', 1 + i % 1000, 'Number', i) as data from generate_series(1, $1) i";

const PARLEY = {
  program: "drain-parley.ts",
  load: `insert into broker.events (name, data) select 'visitor.landed', d.data from (${DOCUMENTS}) d`,
};
const GRAPHILE_WORKER = {
  program: "drain-graphile-worker.ts",
  load: `
    select count(j.*) from (
      select array_agg(json_populate_record(null::graphile_worker.job_spec,
        json_build_object('identifier', 'email', 'payload', d.data))) as jobs
      from (${DOCUMENTS}) d
      group by d.i / 10000
    ) chunks
    cross join lateral graphile_worker.add_jobs(chunks.jobs) j`,
};

/** A backlog, handled by one process with a handler that does nothing. */
export const drain: Part = {
  name: "drain",
  async run(bench) {
    const messages = bench.quick ? 50_000 : 200_000;
    const rates = await inTurn(bench, ROUNDS, {
      parley: () => drained(bench, PARLEY, messages),
      "graphile-worker": () => drained(bench, GRAPHILE_WORKER, messages),
    });
    const ratio = medianRatio(rates.parley, rates["graphile-worker"]);
    return [
      {
        what: `draining ${count(messages)} small messages of one queue, no-op handler`,
        measured: perSecond(median(rates.parley), "messages"),
        yardstick: `graphile-worker, localQueue 500, batched completion: ${perSecond(median(rates["graphile-worker"]), "jobs")}`,
        ratio,
        required: "2 or more",
        met: ratio >= 2,
      },
    ];
  },
};

/** Messages per second from the first to the last one handled: starting up does not count. */
function drained({ server }: Bench, { program, load }: typeof PARLEY, messages: number): Promise<number> {
  return server.withDatabase(async ({ url, pool }) => {
    await pool.query(`delete from broker.t_chatserver_queue q using broker.t_chatserver_event e
      where e.id = q.event_id and e.name = 'visitor.landed'`);
    await pool.query("select broker.subscribe(event => 'visitor.landed', queue => 'EmailQueue')");
    await pool.query(load, [messages]);
    await pool.query("vacuum analyze");
    await pool.query("checkpoint");
    const child = await Child.start<number>(program, { url, messages } satisfies DrainOptions);
    return child.finish();
  });
}
