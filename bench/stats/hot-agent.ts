import { closedLoop } from "../lib/closed-loop.ts";
import { median, medianRatio } from "../lib/statistics.ts";
import { perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { withAndWithout } from "./lib/with-and-without.ts";

const CLIENTS = 16;
const ROUNDS = 5;
const REQUIRED = 0.9;

/** Whether writers wait for each other, since what they write is counted for the same agent. */
export const hotAgent: StatsPart = {
  name: "hot-agent",
  async run(bench) {
    const transactions = bench.quick ? 4000 : 20_000;
    const rates = await withAndWithout(bench, {
      rounds: ROUNDS,
      conversations: CLIENTS,
      agents: 1,
      leg: (conversations) =>
        closedLoop({
          url: bench.data.url,
          clients: CLIENTS,
          seconds: 60,
          statements: transactions,
          // Triggers are done before it sleeps, and what they have locked stays locked.
          next: (client) => ({
            text: `begin;
              insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id)
              values (${conversations[client]!.id}, 'I look into it', 1, 'User', 1);
              select pg_sleep(0.005);
              commit`,
          }),
        }),
    });
    const ratio = medianRatio(rates.with, rates.without);
    return [
      {
        what: `transactions of 5 ms, each a message of the same agent, ${CLIENTS} clients`,
        measured: perSecond(median(rates.with), "transactions"),
        yardstick: `without statistics: ${perSecond(median(rates.without), "transactions")}`,
        ratio,
        required: `${REQUIRED} or more`,
        met: ratio >= REQUIRED,
      },
    ];
  },
};
