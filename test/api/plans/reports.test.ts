// On 200,000 dialogs: what a report reads is found by indexes, and no more of it than it needs.
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { column, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
const DIALOGS = 200_000;
let session: Client;

/** Four years of account 1 and of another, one dialog in 10 minutes. */
beforeAll(async () => {
  const owner = await db.connect();
  await owner.query(
    `set synchronous_commit = off;
     set parley.now = '2026-01-01 12:00Z';
     insert into chat.accounts (id, name) values (2, 'Another');
     create temp table d as
     select i as id, 1 + i % 2 as account_id, 1 + i % 3 as agent, 1 + i % 2 as inbox,
       timestamptz '2026-01-01 12:00Z' - i * interval '10 minutes' as at from generate_series(1, ${DIALOGS}) i;
     insert into stats.dialogs
     select id, account_id, id, inbox, null, null, 1, at, at, at, at, at + interval '1 minute', at + interval '5 minutes', at, null, agent, agent, agent,
       0, 300000, 0, 60000, 300000, 0, 60000, 60000, 300000, 1, 0, 1, 1, 0, 1, null, null, false, true, false, id % 50 = 0, false, false,
       null, null, null, null, null, null
     from d;
     insert into stats.settings (account_id, days_until) values (1, '2026-01-01'), (2, '2026-01-01')
     on conflict (account_id) do update set days_until = excluded.days_until;
     select stats._sum(id, '2025-01-01Z', '2026-01-02Z', '{slot,day}') from chat.accounts`,
  );
  for (const table of ["dialogs", "sums", "times"]) await owner.query(`vacuum analyze stats.${table}`);
  session = analyst.session;
  await analyst.clockShows("2026-01-01 12:00Z");
}, 120_000);

const MONTH = "since => '2025-11-01Z', until => '2025-12-01Z'";
const YEAR = "since => '2025-01-01Z', until => '2026-01-01Z'";

/** With the most pages that each may touch: the tables have some 20,000. */
const REPORTS: [string, number][] = [
  [`report(${MONTH})`, 200],
  [`report('agent', 'day', ${MONTH})`, 600],
  [`report('account', 'day', ${MONTH}, time_zone => 'Asia/Kolkata')`, 2_000],
  [`report('agent', 'month', ${YEAR})`, 3_000],
  [`heatmap('resolution', ${MONTH})`, 600],
  [`backlog('day', ${YEAR})`, 3_000],
  [`service_level(60, 'agent', ${MONTH})`, 600],
  [`percentiles('resolution', ${MONTH})`, 6_000],
  [`dialogs_behind('abandoned', ${MONTH})`, 9_000],
  ["live_board()", 100],
  ["dialogs order by started_at desc limit 50", 200],
  ["dialogs where resolved_at < '2025-06-01Z' order by resolved_at desc limit 50", 200],
  ["dialogs where id = 5000", 100],
];

const READS = `select sum(pg_stat_get_xact_blocks_fetched(c.oid))::int from pg_class c
  where c.relnamespace = 'stats'::regnamespace`;
const SCANS = `select c.relname from pg_class c
  where c.relname in ('dialogs', 'sums', 'times') and c.relnamespace = 'stats'::regnamespace and pg_stat_get_xact_tuples_returned(c.oid) > ${DIALOGS} / 4`;

it.each(REPORTS)("%s", async (report, mostPages) => {
  await session.query("begin");
  const before = await value<number>(session, READS);
  await session.query(`select * from api.${report}`);
  const pages = (await value<number>(session, READS)) - before;
  const scanned = await column(session, SCANS);
  await session.query("rollback");
  expect(scanned).toEqual([]);
  expect(pages).toBeLessThan(mostPages);
});
