import type { QueryConfig } from "pg";
import { closedLoop } from "./lib/closed-loop.ts";
import { type Conversation, createBareTwins, renewConversations } from "./lib/conversations.ts";
import { insertMessage, insertMessages } from "./lib/message-inserts.ts";
import type { Figure, Part } from "./lib/part.ts";
import { inTurn } from "./lib/rounds.ts";
import { median, medianRatio } from "./lib/statistics.ts";
import { perSecond } from "./lib/words.ts";

const CLIENTS = 8;
const ROUNDS = 3;
const BATCH = 500;
/** A batch of conversations for each client: nobody waits for another's locks, or deadlocks. */
const CONVERSATIONS = CLIENTS * BATCH;

type Schema = "chat" | "bare";

/** What happens to a conversation over and over; the assignee changes while it is open. */
const CHANGES = [
  "status = 2",
  "status = 3",
  "status = 1",
  "status = 0",
  "assignee_id = assignee_id % 20 + 1",
];

interface Workload {
  what: string;
  unit: string;
  /** How many rows a statement writes. */
  rows: number;
  statements: number;
  /** The client's n-th statement; `own` are conversations that no other client changes. */
  prepare(schema: Schema, all: Conversation[], own: Conversation[]): (n: number) => QueryConfig;
}

const workloads = (quick: boolean): Workload[] => [
  {
    what: "single message inserts",
    unit: "messages",
    rows: 1,
    statements: quick ? 12_000 : 60_000,
    prepare: (schema, all) => () => insertMessage(schema, all[Math.floor(Math.random() * all.length)]!),
  },
  {
    what: `statements of ${BATCH} messages`,
    unit: "messages",
    rows: BATCH,
    statements: quick ? 80 : 400,
    prepare(schema, _, own) {
      const statement = insertMessages(schema, own);
      return () => statement;
    },
  },
  {
    what: "single changes of status or assignee",
    unit: "changes",
    rows: 1,
    statements: CONVERSATIONS * CHANGES.length * (quick ? 1 : 3),
    prepare: (schema, _, own) => (n) => change(schema, Math.floor(n / BATCH), "id = $1", own[n % BATCH]!.id),
  },
  {
    what: `changes of status or assignee, ${BATCH} conversations a statement`,
    unit: "changes",
    rows: BATCH,
    statements: CLIENTS * CHANGES.length * (quick ? 3 : 10),
    prepare(schema, _, own) {
      const ids = `{${own.map(({ id }) => id)}}`;
      return (n) => change(schema, n, "id = any($1)", ids);
    },
  },
];

function change(schema: Schema, n: number, where: string, ids: string): QueryConfig {
  const kind = n % CHANGES.length;
  // What the trigger does for the real table.
  const set = schema === "chat" ? CHANGES[kind] : `${CHANGES[kind]}, updated_at = clock_timestamp()`;
  return {
    name: `change ${kind}`,
    text: `update ${schema}.conversations set ${set} where ${where}`,
    values: [ids],
  };
}

/** What the triggers of the domain model cost. */
export const chat: Part = {
  name: "chat",
  run: (bench) =>
    bench.server.withDatabase(async ({ url, pool }) => {
      await createBareTwins(pool);
      const leg =
        (schema: Schema, { rows, statements, prepare }: Workload) =>
        async () => {
          const all = await renewConversations(pool, CONVERSATIONS);
          const clients = Array.from({ length: CLIENTS }, (_, client) => {
            const nextOf = prepare(schema, all, all.slice(client * BATCH, (client + 1) * BATCH));
            let n = 0;
            return () => nextOf(n++);
          });
          const next = (client: number) => clients[client]!();
          return rows * (await closedLoop({ url, clients: CLIENTS, seconds: 60, statements, next }));
        };
      const figures: Figure[] = [];
      for (const workload of workloads(bench.quick)) {
        bench.progress(workload.what);
        const rates = await inTurn(bench, ROUNDS, {
          bare: leg("bare", workload),
          parley: leg("chat", workload),
        });
        figures.push(figureOf(workload, rates));
      }
      return figures;
    }),
};

function figureOf({ what, unit }: Workload, rates: { parley: number[]; bare: number[] }): Figure {
  const ratio = medianRatio(rates.parley, rates.bare);
  return {
    what: `${what}, ${CLIENTS} clients`,
    measured: perSecond(median(rates.parley), unit),
    yardstick: `the same on bare tables: ${perSecond(median(rates.bare), unit)}`,
    ratio,
    required: "0.50 or more",
    met: ratio >= 0.5,
  };
}
