import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { insertCalendar } from "./calendar.ts";

const db = useDatabase();
let client: Client;

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
  await client.query("set parley.now = '2026-12-01Z'");
});

const inboxId = fc.constantFrom(undefined, 1, 2);
const zone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/Santiago",
);
const validFrom = fc.constantFrom("2025-11-03", "2026-03-29", "2026-04-01", "2026-10-25");
const clock = fc
  .integer({ min: 0, max: 95 })
  .map((quarter) => `${Math.floor(quarter / 4)}:${15 * (quarter % 4)}`.replace(/:0$/, ":00"));
const shift = fc.tuple(clock, fc.oneof(clock, fc.constant("24:00"))).map(([a, b]) => `${a}-${b}`);
const hours = fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), shift), { maxLength: 12 });

const edits = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ insert: fc.record({ inboxId, zone, validFrom, hours }) }) },
    { weight: 1, arbitrary: fc.record({ delete: fc.record({ inboxId, validFrom }) }) },
    { weight: 1, arbitrary: fc.record({ move: fc.record({ inboxId, validFrom, zone }) }) },
    { weight: 1, arbitrary: fc.record({ shorten: fc.integer({ min: 1, max: 7 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        holiday: fc.record({
          inboxId,
          day: fc.constantFrom("2026-03-28", "2026-03-29", "2026-10-24", "2026-12-24"),
          open: fc.option(shift),
        }),
      }),
    },
  ),
  { minLength: 1, maxLength: 8 },
);

type Edit = typeof edits extends fc.Arbitrary<(infer One)[]> ? One : never;

/** What constraints refuse is left out: overlapping hours, a second calendar or holiday of that day. */
async function apply(edit: Edit): Promise<void> {
  await client.query("savepoint edit");
  try {
    if ("insert" in edit) await insertCalendar(client, edit.insert as Parameters<typeof insertCalendar>[1]);
    else if ("delete" in edit)
      await client.query(
        "delete from stats.calendars where inbox_id is not distinct from $1 and valid_from = $2",
        [edit.delete.inboxId, edit.delete.validFrom],
      );
    else if ("move" in edit)
      await client.query(
        "update stats.calendars set time_zone = $3, valid_from = valid_from + 2 where inbox_id is not distinct from $1 and valid_from = $2",
        [edit.move.inboxId, edit.move.validFrom, edit.move.zone],
      );
    else if ("shorten" in edit)
      await client.query(
        "update stats.calendar_hours set closes = opens + interval '15 minutes' where isodow = $1",
        [edit.shorten],
      );
    else
      await client.query(
        "insert into stats.calendar_holidays (account_id, inbox_id, day, name, opens, closes) values (1, $1, $2, 'Holiday', $3, $4)",
        [edit.holiday.inboxId, edit.holiday.day, ...(edit.holiday.open?.split("-") ?? [null, null])],
      );
  } catch (error) {
    if (!["23P01", "23505"].includes((error as { code: string }).code)) throw error;
    await client.query("rollback to edit");
  }
}

const window = fc
  .tuple(
    fc.oneof(
      fc.constantFrom("2026-03-28T12:00Z", "2026-04-04T12:00Z", "2026-10-24T12:00Z", "2026-09-05T12:00Z"),
      fc.constantFrom("2025-11-02T00:00Z", "2026-12-24T01:07Z", "2026-07-01T00:00Z"),
    ),
    fc.integer({ min: 0, max: 5 * 24 * 3600 }),
    fc.integer({ min: 0, max: 9 * 24 * 3600 }),
  )
  .map(([about, offset, length]) => {
    const since = Date.parse(about) + offset * 1000;
    return [new Date(since).toISOString(), new Date(since + length * 1000).toISOString()] as const;
  });

/** By definition: every day's hours by the calendar that is valid that day, merged, and what is in the window. */
const DIFFERENCES = `
  select w.inbox_id::int, w.since, w.until, defined.ms::int as defined, stats.business_ms(1, w.inbox_id, w.since, w.until)::int as counted
  from jsonb_to_recordset($1) w (inbox_id bigint, since timestamptz, until timestamptz)
  cross join lateral (
    select (
      select c.valid_from::timestamp at time zone c.time_zone from stats.calendars c
      where c.inbox_id is null or c.inbox_id = w.inbox_id
      order by c.valid_from, c.inbox_id nulls last
      limit 1
    ) as first
  ) begin
  cross join lateral (
    select coalesce(
      range_agg(tstzrange(t.opens, t.closes)) filter (where t.opens < t.closes), '{}'
    ) + tstzmultirange(tstzrange(null, begin.first)) as open
    from generate_series(timestamp '2025-10-01', timestamp '2027-02-01', interval '1 day') d (day)
    cross join lateral (
      select c.* from stats.calendars c
      where c.valid_from <= d.day and (c.inbox_id is null or c.inbox_id = w.inbox_id)
      order by c.inbox_id nulls last, c.valid_from desc
      limit 1
    ) c
    left join stats.calendar_holidays h on h.inbox_id is not distinct from c.inbox_id and h.day = d.day
    cross join lateral (
      select r.opens, r.closes from stats.calendar_hours r
      where r.calendar_id = c.id and r.isodow = extract(isodow from d.day) and h.day is null
      union all
      select h.opens, h.closes where h.opens is not null
    ) r
    cross join lateral (
      select (d.day + r.opens) at time zone c.time_zone as opens,
        (d.day + r.closes + case when r.closes <= r.opens then interval '1 day' else '0' end) at time zone c.time_zone as closes
    ) t
  ) calendar
  cross join lateral (
    select coalesce(sum(extract(epoch from upper(u) - lower(u))) * 1000, 0) as ms
    from unnest(
      case when begin.first is null then tstzmultirange(tstzrange(w.since, w.until))
      else calendar.open * tstzmultirange(tstzrange(w.since, w.until)) end
    ) u
  ) defined
  where defined.ms <> stats.business_ms(1, w.inbox_id, w.since, w.until)`;

it("business time is what the calendars define, whatever was changed in which order", async () => {
  await fc.assert(
    fc.asyncProperty(edits, fc.array(window, { minLength: 10, maxLength: 10 }), async (edits, windows) => {
      await client.query("begin");
      try {
        for (const edit of edits) await apply(edit);
        const asked = [1, 2, null].flatMap((inbox_id) =>
          windows.map(([since, until]) => ({ inbox_id, since, until })),
        );
        expect(await rows(client, DIFFERENCES, [JSON.stringify(asked)])).toEqual([]);
      } finally {
        await client.query("rollback");
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
