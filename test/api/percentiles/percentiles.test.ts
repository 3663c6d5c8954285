import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
let owner: Client;

/** Seconds that the dialogs of a year took, one a day: from a second to some weeks. */
const DAYS = 360;
const times = Array.from({ length: DAYS }, (_, day) => Math.round(1.04 ** ((day * 97) % DAYS) * 1000) / 1000);
const YEAR = "since => '2025-01-01Z', until => '2026-01-01Z'";

beforeAll(async () => {
  owner = await db.connect();
  await owner.query("set parley.now = '2026-01-10Z'");
  // As chats that were imported: started before, resolved on a day of the year.
  await owner.query(
    `select set_config('session_replication_role', 'replica', false);
     insert into chat.conversations (id, account_id, inbox_id, status, dialog_id, created_at, updated_at)
     select i, 1, 1 + i % 2, 1, i, at - length, at from (
       select i, timestamptz '2025-01-01 12:00Z' + i * interval '1 day' as at, length from unnest($1::interval[]) with ordinality l (length, i)
     ) d`.replace("$1", `'{${times.map((time) => `${time}s`).join()}}'`),
  );
  await owner.query(
    `insert into chat.dialogs (id, account_id, inbox_id, conversation_id, status, created_at, updated_at)
     select id, 1, inbox_id, id, 1, created_at, updated_at from chat.conversations;
     insert into chat.events (name, account_id, inbox_id, conversation_id, dialog_id, created_at, updated_at)
     select e.name, 1, c.inbox_id, c.id, c.id, e.at, e.at from chat.conversations c
     cross join lateral (values ('conversation_open', c.created_at), ('conversation_resolved', c.updated_at)) e (name, at);
     insert into stats.stale (account_id, dialog_id) select 1, id from chat.dialogs;
     set session_replication_role = origin`,
  );
  await analyst.clockShows("2026-01-10Z");
});

type Row = Record<"n" | "mean_s" | "p50_s" | "p90_s" | "p95_s" | "p99_s" | "min_s" | "max_s", number>;

const percentiles = async (args: string) =>
  (await rows<Row>(analyst.session, `select * from api.percentiles('resolution', ${args})`))[0]!;

/** The smallest time that so many are not above. */
const at = (sorted: number[], p: number) => sorted[Math.ceil(p * sorted.length) - 1]!;

function expectExact(found: Row, of: number[]): void {
  const sorted = of.toSorted((a, b) => a - b);
  const expected = { p50_s: 0.5, p90_s: 0.9, p95_s: 0.95, p99_s: 0.99, min_s: 1e-9, max_s: 1 };
  for (const [name, p] of Object.entries(expected)) expect(found[name as "p50_s"], name).toBe(at(sorted, p));
  expect(found.n).toBe(of.length);
  expect(found.mean_s).toBeCloseTo(of.reduce((a, b) => a + b) / of.length, 3);
}

describe.each([
  ["before they are summed", ""],
  ["when quarters of an hour are summed", "select stats.flush()"],
  ["when days are summed", "select stats.finish_days()"],
  [
    "when something has changed since",
    "insert into stats.stale (account_id, dialog_id) select 1, id from chat.dialogs where id % 3 = 0",
  ],
])("%s", (_when, statement) => {
  beforeAll(async () => {
    await owner.query(statement);
  });

  it("three months, to the millisecond", async () => {
    const found = await percentiles("since => '2025-01-02Z', until => '2025-04-02Z'");
    expectExact(found, times.slice(0, 90));
  });

  it("a year, to the millisecond", async () => {
    const found = await percentiles(YEAR);
    expectExact(found, times);
  });

  it("a year that begins and ends within a day, too", async () => {
    const found = await percentiles("since => '2025-01-02 11:45Z', until => '2025-12-20 12:15Z'");
    expectExact(found, times.slice(0, 353));
  });

  it("a year of one inbox by week adds up", async () => {
    const found = await rows<Row>(
      analyst.session,
      `select * from api.percentiles('resolution', 'inbox', 'week', ${YEAR}, inbox_ids => '{1}')`,
    );
    expect(found.reduce((sum, { n }) => sum + n, 0)).toBe(DAYS / 2);
  });

  it("a histogram counts each time once, within its bounds", async () => {
    const found = await rows<{ from_s: number; to_s: number; n: number }>(
      analyst.session,
      `select * from api.histogram('resolution', ${YEAR})`,
    );
    for (const { from_s, to_s, n } of found)
      expect(times.filter((time) => time >= from_s && time < to_s).length, `${from_s} to ${to_s}`).toBe(n);
    expect(found.reduce((sum, { n }) => sum + n, 0)).toBe(DAYS);
  });
});

it("a year of another time zone's days, too", async () => {
  expectExact(await percentiles(`'account', null, ${YEAR}, time_zone => 'Asia/Kathmandu'`), times);
});

it.each([
  ["dialogs_started", false, "dialogs_started has no times"],
  ["handle_time", true, "handle_time has no times within business hours"],
])("refuses what has no times: %s, business hours: %s", async (metric, business, message) => {
  const asked = value(analyst.session, "select count(*) from api.percentiles($1, business => $2)", [
    metric,
    business,
  ]);
  await expect(asked).rejects.toMatchObject({ code: "PA056", message });
});
