import type pg from "pg";
import { now } from "../lib/clock.ts";
import { count, perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { flushAll } from "./lib/flushing.ts";

/** After all that other parts have written: whether facts and sums are those of the rows. And how fast that is known, or made so. */
export const exact: StatsPart = {
  name: "exact",
  async run({ data: { pool, largest } }) {
    const { rows } = await pool.query<{ dialogs: number }>(
      "select count(*) as dialogs from chat.dialogs where account_id = $1",
      [largest],
    );
    const { dialogs } = rows[0]!;
    await flushAll(pool);
    const kept = await differences(pool, null);
    const verified = await timed(() => differences(pool, largest));
    const rebuilt = await timed(() =>
      pool.query("select stats.rebuild($1, '-infinity', 'infinity')", [largest]),
    );
    const afterRebuild = await differences(pool, largest);
    const rate = (seconds: number) => `${count(seconds)} s, ${perSecond(dialogs / seconds, "dialogs")}`;
    return [
      {
        what: "differences between what was kept up to date and the rows, all accounts",
        measured: count(kept),
        required: "0",
        met: kept === 0,
      },
      { what: "the largest account compared", measured: rate(verified) },
      { what: "the largest account rebuilt", measured: rate(rebuilt) },
      {
        what: "differences after that",
        measured: count(afterRebuild),
        required: "0",
        met: afterRebuild === 0,
      },
    ];
  },
};

async function differences(pool: pg.Pool, account: number | null): Promise<number> {
  const { rows } = await pool.query<{ found: number }>("select count(*) as found from stats.verify($1)", [
    account,
  ]);
  return rows[0]!.found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = now();
  await work();
  return (now() - startedAt) / 1000;
}
