import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { writeScript } from "../../../src/ops/demo/script.ts";
import { writeHour } from "../../../src/ops/demo/write/hour.ts";
import { useDatabase } from "../../setup/database.ts";

const script = writeScript(5, 24);
const until = new Date("2026-03-02T10:00:00Z");
const later = new Date("2026-03-02T12:00:00Z");
const never = new AbortController().signal;

const undisturbed = useDatabase();
const stopped = useDatabase();
const killed = useDatabase();

/** All that was said and happened, by names instead of ids. */
async function story(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select c.identifier, m.source_id as what, m.content as detail, m.created_at,
       -- Not its id: what is rolled back leaves a gap.
       dense_rank() over (partition by c.id order by m.dialog_id) as dialog
     from chat.conversations c join chat.messages m on m.conversation_id = c.id
     union all
     select c.identifier, e.name, e.user_id::text, e.created_at, null
     from chat.conversations c join chat.events e on e.conversation_id = c.id
     union all
     select c.identifier, 'status', c.status::text, c.updated_at, null from chat.conversations c
     union all
     select c.identifier, 'mention', n.user_id::text, n.mentioned_at, null
     from chat.conversations c join chat.mentions n on n.conversation_id = c.id
     union all
     select 'put', e.name, count(*)::text, null, null from broker.events e group by e.name
     order by 1, 4, 2, 3`,
  );
  return rows;
}

beforeAll(async () => {
  const client = await undisturbed.connect();
  const onProgress = () => {};
  await writeHour(client, script, { until, signal: never, onProgress });
});

describe("an hour that was interrupted", () => {
  it("by Ctrl-C is completed by the next run, in the hour in which it began", async () => {
    const client = await stopped.connect();
    const interruption = new AbortController();
    const first = await writeHour(client, script, {
      until,
      signal: interruption.signal,
      onProgress: (done) => done > 200 && interruption.abort(),
    });
    expect(first.after).toBeLessThan(script.actions.length);

    const second = await writeHour(client, script, { until: later, signal: never, onProgress() {} });
    expect(second).toMatchObject({ until, before: first.after, after: script.actions.length });
    expect(await story(stopped.pool)).toEqual(await story(undisturbed.pool));
  });

  it("by a lost connection is completed by the next run", async () => {
    const client = await killed.connect();
    const { rows } = await client.query("select pg_backend_pid() as pid");
    const lost = writeHour(client, script, {
      until,
      signal: never,
      onProgress: (done) => done > 200 && killed.pool.query("select pg_terminate_backend($1)", [rows[0].pid]),
    });
    await expect(lost).rejects.toThrow();

    const next = await killed.connect();
    const { before } = await writeHour(next, script, { until: later, signal: never, onProgress() {} });
    expect(before).toBeGreaterThan(0);
    expect(await story(killed.pool)).toEqual(await story(undisturbed.pool));
  });

  it("before anything was said is begun anew", async () => {
    const client = await stopped.connect();
    const other = writeScript(6, 24);
    const nothing = await writeHour(client, other, { until, signal: AbortSignal.abort(), onProgress() {} });
    expect(nothing).toMatchObject({ before: 0, after: 0 });
    const all = await writeHour(client, other, { until, signal: never, onProgress() {} });
    expect(all).toMatchObject({ before: 0, after: other.actions.length });
  });
});
