import { now } from "../lib/clock.ts";
import type { Figure } from "../lib/part.ts";
import { count, perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { flushAll } from "./lib/flushing.ts";
import { makeStale } from "./lib/stale.ts";

const DIALOGS = 20_000;
const DIALOGS_QUICK = 2000;

/** How many changed dialogs a second are summed: dialogs of all ages, each with a message more. */
export const flush: StatsPart = {
  name: "flush",
  async run({ data: { pool, largest }, quick }) {
    await flushAll(pool);
    const stale = await makeStale(pool, largest, quick ? DIALOGS_QUICK : DIALOGS);
    const startedAt = now();
    const flushed = await flushAll(pool);
    const seconds = (now() - startedAt) / 1000;
    const figure: Figure = {
      what: `changed dialogs computed anew and summed, ${count(stale)} of them`,
      measured: `${perSecond(flushed / seconds, "dialogs")} (${seconds.toFixed(1)} s)`,
    };
    return [figure];
  },
};
