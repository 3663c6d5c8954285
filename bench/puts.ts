import { closedLoop } from "./lib/closed-loop.ts";
import { chatEnded } from "./lib/documents.ts";
import type { Part } from "./lib/part.ts";
import { createPlainEvents } from "./lib/plain-events.ts";
import { QUEUES } from "./lib/queues.ts";
import { inTurn } from "./lib/rounds.ts";
import { median, medianRatio } from "./lib/statistics.ts";
import { perSecond } from "./lib/words.ts";

const CLIENTS = 8;
const ROUNDS = 3;

const STATEMENTS = {
  parley: "insert into broker.events (name, data) values ('chat.ended', $1)",
  plain: "insert into plain_events (name, data) values ('chat.ended', $1)",
  // What an application without a broker would do, and all of it in one round trip.
  addJob: `select graphile_worker.add_job(identifier => q, payload => $1::json)
    from unnest(array['${QUEUES.join("', '")}']) q`,
};

/** Single puts, each a transaction, nobody reading. */
export const puts: Part = {
  name: "puts",
  run: (bench) =>
    bench.server.withDatabase(async ({ url, pool }) => {
      await createPlainEvents(pool);
      const seconds = bench.quick ? 3 : 15;
      const leg = (name: keyof typeof STATEMENTS) => async () => {
        await pool.query("checkpoint");
        return closedLoop({
          url,
          clients: CLIENTS,
          seconds,
          statements: 20_000 * seconds,
          next: () => ({ name, text: STATEMENTS[name], values: [chatEnded()] }),
        });
      };
      const rates = await inTurn(bench, ROUNDS, {
        plain: leg("plain"),
        parley: leg("parley"),
        addJob: leg("addJob"),
      });
      const what = `single puts of a 900-byte event to six queues, ${CLIENTS} clients`;
      const measured = perSecond(median(rates.parley), "events");
      const toPlain = medianRatio(rates.parley, rates.plain);
      const toAddJob = medianRatio(rates.parley, rates.addJob);
      return [
        {
          what,
          measured,
          yardstick: `plain inserts without trigger: ${perSecond(median(rates.plain), "events")}`,
          ratio: toPlain,
          required: "0.70 or more",
          met: toPlain >= 0.7,
        },
        {
          what,
          measured,
          yardstick: `graphile_worker.add_job per event and queue: ${perSecond(median(rates.addJob), "events")}`,
          ratio: toAddJob,
          required: "5 or more",
          met: toAddJob >= 5,
        },
      ];
    }),
};
