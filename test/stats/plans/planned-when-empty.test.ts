import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { ALL_DAYS, insertCalendar } from "../business-hours/calendar.ts";

const db = useDatabase();
/** plpgsql keeps a plan for any values after five runs. */
const RUNS_UNTIL_KEPT = 6;
const FEW = 100;

/** Of everything in the schemas, as far as this transaction goes. */
const PAGES = `select sum(pg_stat_get_xact_blocks_fetched(oid))::int from pg_class
  where relnamespace in ('stats'::regnamespace, 'chat'::regnamespace)`;

const STATEMENTS = {
  "the business time of a night": "select stats.business_ms(1, 1, '2025-03-03T15:00Z', '2025-03-04T09:30Z')",
  "the business time of years": "select stats.business_ms(1, 1, '2019-03-03T15:00Z', '2025-03-04T09:30Z')",
  "the concurrency of an old hour": "select * from api.concurrency('2025-03-03T15:00Z', '2025-03-03T16:00Z')",
  "the concurrency of the last hour":
    "select * from api.concurrency('2026-03-03T15:00Z', '2026-03-03T16:00Z')",
  "the concurrency of days that are kept": "select * from api.concurrency('2025-03-03Z', '2025-03-13Z')",
  "the presence of an old hour": "select * from api.presences('2025-03-03T15:00Z', '2025-03-03T16:00Z')",
};

let session: Client;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
  await session.query("set parley.account_id = 1; set parley.now = '2026-03-03T16:00Z'");
  for (const table of [
    "stats.open_spans",
    "stats.ownerships",
    "stats.handled",
    "stats.stale_days",
    "stats.stale",
    "chat.agent_status_changes",
  ])
    await session.query(`vacuum analyze ${table}`);
  for (let run = 0; run < RUNS_UNTIL_KEPT; run++)
    for (const statement of Object.values(STATEMENTS)) await session.query(statement);

  const filler = await db.connect();
  await insertCalendar(filler, { hours: ALL_DAYS.map((day) => [day, "09:00-17:00"]) });
  await filler.query(
    `set session_replication_role = replica;
     insert into stats.ownerships (dialog_id, n, account_id, inbox_id, agent_id, began_at, ended_at, handled, handle_ms)
     select i, 1, 1, 1, 1, o.began_at, o.ended_at, tstzmultirange(tstzrange(o.began_at, o.ended_at)), 0
     from generate_series(1, 20000) i
     cross join lateral (
       select o.began_at,
         case when i % 1000 <> 0 then o.began_at + case when i % 100 = 0 then interval '3 days' else '20 minutes' end end as ended_at
       from (select timestamptz '2024-03-01Z' + i * interval '53 minutes' as began_at) o
     ) o;
     insert into stats.settings (account_id, days_until) values (1, '2026-03-03')
     on conflict (account_id) do update set days_until = excluded.days_until;
     insert into stats.handled
     select 1, day, agent, 1, '{}', '1 hour', '{}', 1, day
     from generate_series(timestamptz '2024-03-01Z', '2026-03-02Z', '1 day') day cross join generate_series(1, 3) agent;
     insert into chat.agent_status_changes (event_id, put_at, account_id, agent_id, status, changed_at)
     select i, now(), 1, i % 3 + 1, i % 2, timestamptz '2024-03-01Z' + i * interval '53 minutes' from generate_series(1, 20000) i`,
  );
});

it.each(Object.entries(STATEMENTS))(
  "%s touches few pages, though it was planned on empty tables",
  async (_what, statement) => {
    await session.query("begin");
    const before = await value<number>(session, PAGES);
    const { rows } = await session.query(statement);
    const after = await value<number>(session, PAGES);
    await session.query("rollback");
    expect(rows.length).toBeGreaterThan(0);
    expect(after - before).toBeLessThan(FEW);
  },
);
