// Days of 23 and 25 hours, and zones that are half an hour off: periods begin and end when the clocks there say so.
import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { parseTable } from "../story.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
let owner: Client;

/** A dialog each quarter of an hour, all through 2026. */
const PER_HOUR = 4;

beforeAll(async () => {
  owner = await db.connect();
  await owner.query(
    `insert into stats.message_counts
     select 1, slot, 'messages_received', 0, 1, 1, null, 1
     from generate_series(timestamptz '2025-12-25Z', '2027-01-05Z', '15 minutes') slot;
     select stats._sum(1, '-infinity', 'infinity', '{slot}')`,
  );
  await analyst.clockShows("2027-01-05Z");
});

const EXPECTED = parseTable(`
  zone                 unit   since                  until                  hours
  Europe/Berlin        day    2026-03-28 00:00+01    2026-03-31 00:00+02    24 23 24
  Europe/Berlin        day    2026-10-24 00:00+02    2026-10-27 00:00+01    24 25 24
  Europe/Berlin        week   2026-03-16 00:00+01    2026-04-06 00:00+02    168 167 168
  Europe/Berlin        month  2026-02-01 00:00+01    2026-05-01 00:00+02    672 743 720
  Europe/Berlin        hour   2026-10-25 01:00+02    2026-10-25 04:00+01    1 1 1 1
  Asia/Kolkata         day    2026-03-01 00:00+05:30  2026-03-03 00:00+05:30  24 24
  Asia/Kathmandu       day    2026-03-01 00:00+05:45  2026-03-03 00:00+05:45  24 24
  Asia/Kathmandu       hour   2026-03-01 00:00+05:45  2026-03-01 02:00+05:45  1 1
  Australia/Lord_Howe  day    2026-04-04 00:00+11    2026-04-07 00:00+10:30  24 24.5 24
  Australia/Lord_Howe  day    2026-10-03 00:00+10:30  2026-10-06 00:00+11    24 23.5 24
  Australia/Lord_Howe  hour   2026-04-05 01:00+11    2026-04-05 03:00+10:30  1 0.5 1
  America/Havana       day    2026-10-31 00:00-04    2026-11-03 00:00-05    25 24 24
  America/New_York     day    2026-03-07 12:00-05    2026-03-09 12:00-04    12 23 12
  UTC                  day    2026-03-28 00:00+00    2026-03-31 00:00+00    24 24 24
`);

describe.each(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"])(
  "days summed ahead in %s",
  (own) => {
    beforeAll(async () => {
      await owner.query("delete from stats.settings; delete from stats.sums where grain = 'day'");
      await owner.query("insert into stats.settings (account_id, time_zone) values (1, $1)", [own]);
      await owner.query("set parley.now = '2026-11-20Z'");
      await owner.query("select stats.finish_days()");
    });

    it.each(EXPECTED)("$zone by $unit from $since: $hours", async ({ zone, unit, since, until, hours }) => {
      const periods = await rows<{ messages_received: number; period_start: Date; period_end: Date }>(
        analyst.session,
        "select * from api.report('account', $1, $2, $3, $4)",
        [unit, since, until, zone],
      );
      expect(periods.map((period) => period.messages_received / PER_HOUR).join(" ")).toBe(hours);
      for (const { period_start, period_end, messages_received } of periods)
        expect((period_end.getTime() - period_start.getTime()) / 900_000).toBe(messages_received);
    });
  },
);
