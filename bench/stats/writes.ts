import { closedLoop } from "../lib/closed-loop.ts";
import type { Conversation } from "../lib/conversations.ts";
import { insertMessage, insertMessages } from "../lib/message-inserts.ts";
import type { Figure } from "../lib/part.ts";
import { median, medianRatio } from "../lib/statistics.ts";
import { perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { withAndWithout } from "./lib/with-and-without.ts";

const CLIENTS = 8;
const ROUNDS = 9;
const BATCH = 1000;
const AGENTS = 15;

interface Workload {
  what: string;
  /** How many rows a statement writes. */
  rows: number;
  statements: number;
  required: number;
  statementOf(conversations: Conversation[], client: number): () => ReturnType<typeof insertMessage>;
}

const workloads = (quick: boolean): Workload[] => [
  {
    what: `single message inserts, ${CLIENTS} clients`,
    rows: 1,
    statements: quick ? 8000 : 40_000,
    required: 0.85,
    statementOf: (conversations) => () =>
      insertMessage("chat", conversations[Math.floor(Math.random() * conversations.length)]!),
  },
  {
    what: `statements of ${BATCH} messages, each of another conversation, ${CLIENTS} clients`,
    rows: BATCH,
    statements: quick ? 40 : 200,
    required: 0.65,
    statementOf(conversations, client) {
      // Nobody waits for another's locks.
      const statement = insertMessages("chat", conversations.slice(client * BATCH, (client + 1) * BATCH));
      return () => statement;
    },
  },
];

/** What statistics cost those who write messages. */
export const writes: StatsPart = {
  name: "writes",
  async run(bench) {
    const figures: Figure[] = [];
    for (const { what, rows, statements, required, statementOf } of workloads(bench.quick)) {
      bench.progress(what);
      const rates = await withAndWithout(bench, {
        rounds: ROUNDS,
        conversations: CLIENTS * BATCH,
        agents: AGENTS,
        async leg(conversations) {
          const clients = Array.from({ length: CLIENTS }, (_, client) => statementOf(conversations, client));
          const next = (client: number) => clients[client]!();
          const { url } = bench.data;
          return rows * (await closedLoop({ url, clients: CLIENTS, seconds: 60, statements, next }));
        },
      });
      const ratio = medianRatio(rates.with, rates.without);
      figures.push({
        what,
        measured: perSecond(median(rates.with), "messages"),
        yardstick: `without statistics: ${perSecond(median(rates.without), "messages")}`,
        ratio,
        required: `${required} or more`,
        met: ratio >= required,
      });
    }
    return figures;
  },
};
