import { type Conversation, openConversations } from "../../lib/conversations.ts";
import { inTurn } from "../../lib/rounds.ts";
import type { StatsBench } from "./data.ts";
import { flushAll, startFlushing } from "./flushing.ts";
import { markStale, setStatisticsTriggers } from "./triggers.ts";

interface Comparison {
  rounds: number;
  conversations: number;
  agents: number;
  /** Returns its rate. */
  leg(conversations: Conversation[]): Promise<number>;
}

/**
 * Runs a leg in turn with and without the statistics' triggers, on conversations of an account made for it; sums are flushed each
 * second. Nothing is left to be flushed at the end.
 */
export async function withAndWithout(bench: StatsBench, comparison: Comparison) {
  const { pool, url } = bench.data;
  const { rounds, conversations: count, agents, leg } = comparison;
  const { rows } = await pool.query<{ account: number }>("select max(id) + 1 as account from chat.accounts");
  const { account } = rows[0]!;
  const conversations = await openConversations(pool, { account, count, agents });
  await flushAll(pool);
  const flushing = await startFlushing(url);
  try {
    return await inTurn(bench, rounds, {
      without: async () => {
        await setStatisticsTriggers(pool, "disable");
        try {
          return await leg(conversations);
        } finally {
          await setStatisticsTriggers(pool, "enable");
        }
      },
      with: async () => {
        const rate = await leg(conversations);
        // What is left of it must not be summed in the time of the others.
        await flushing.drain();
        return rate;
      },
    });
  } finally {
    await flushing.stop();
    await markStale(pool, account);
    await flushAll(pool);
  }
}
