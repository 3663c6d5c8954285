import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { untilBlocked } from "../../broker/blocked.ts";
import { useLogin } from "../../broker/roles/login.ts";
import { column, rows, value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { ALL_DAYS, businessHours, type Hours, insertCalendar } from "./calendar.ts";

const db = useDatabase();
const operatorLogin = useLogin(db, "parley_operator");
const analystLogin = useLogin(db, "parley_analyst");
let operator: Client;
let analyst: Client;

beforeAll(async () => {
  await createFirstAccount(db.pool);
  await db.pool.query(
    `insert into chat.accounts (name) values ('Other');
     insert into stats.analysts (role_name, account_id) values ('${new URL(analystLogin.url).username}', 1)`,
  );
  operator = await operatorLogin.connect();
  analyst = await analystLogin.connect();
});

beforeEach(async () => {
  await operator.query(
    "delete from stats.calendars; delete from stats.calendar_holidays; set parley.now = '2026-03-10T12:00Z'",
  );
  await db.pool.query("delete from stats.rebuilds");
});

const daily = (range: string): Hours => ALL_DAYS.map((day) => [day, range]);

describe("set_calendar", () => {
  async function week(hours: string): Promise<string[]> {
    const id = await value(operator, "select stats.set_calendar(1, $1, 'Europe/Berlin')", [hours]);
    return column(
      operator,
      `select isodow || ' ' || to_char(opens, 'HH24:MI') || '-' || to_char(closes, 'HH24:MI')
       from stats.calendar_hours where calendar_id = $1 order by isodow, opens`,
      [id],
    );
  }

  it("reads hours as OpenStreetMap writes them", async () => {
    expect(await week("Mo-We,Sa 09:00-12:30, 13:30-18:00; Su 22:00-06:00")).toEqual([
      ...[1, 2, 3, 6].flatMap((day) => [`${day} 09:00-12:30`, `${day} 13:30-18:00`]),
      "7 22:00-06:00",
    ]);
    expect(await week("fr-mo 9:00 - 24:00;")).toEqual([1, 5, 6, 7].map((day) => `${day} 09:00-24:00`));
    expect(await week("24/7")).toEqual(ALL_DAYS.map((day) => `${day} 00:00-24:00`));
    expect(await week("")).toEqual([]);
  });

  it("replaces the calendar of that day, and begins today if no day is given", async () => {
    await operator.query("select stats.set_calendar(1, '24/7', 'Asia/Kolkata', '2026-03-11')");
    await operator.query(
      "set parley.now = '2026-03-10T20:00Z'; select stats.set_calendar(1, '', 'Asia/Kolkata')",
    );
    await operator.query("select stats.set_calendar(1, '', 'Asia/Kolkata', inbox_id => 2)");
    expect(
      await rows(
        operator,
        "select inbox_id::int, valid_from::text, count(h.calendar_id)::int as hours from stats.calendars c left join stats.calendar_hours h on h.calendar_id = c.id group by 1, 2 order by 1 nulls first",
      ),
    ).toEqual([
      { inbox_id: null, valid_from: "2026-03-11", hours: 0 },
      { inbox_id: 2, valid_from: "2026-03-11", hours: 0 },
    ]);
  });

  it.each([
    ["PA050", "24/7", "Europe/Berlinn"],
    ["PA054", "9 to 5", "UTC"],
    ["PA054", "Mo 09:00-25:00", "UTC"],
    ["PA054", "Mo 09:00", "UTC"],
    ["PA054", "Mo-Fr 09:00-12:00; We 11:00-13:00", "UTC"],
    ["PA054", "Mo 09:00-12:00; Mo 09:00-12:00", "UTC"],
    ["PA054", "Su 22:00-06:00; Mo 05:00-08:00", "UTC"],
  ])("refuses with %s: %s, %s", async (code, hours, zone) => {
    await expect(operator.query("select stats.set_calendar(1, $1, $2)", [hours, zone])).rejects.toMatchObject(
      {
        code,
        hint: expect.stringMatching(/[.?]$/),
      },
    );
    expect(await column(operator, "select id from stats.calendars")).toEqual([]);
  });
});

describe("rows that make no sense are refused", () => {
  it.each([
    [
      "overlapping hours",
      [
        [1, "09:00-12:00"],
        [1, "11:00-13:00"],
      ],
      "hours_do_not_overlap",
    ],
    [
      "a night that overlaps the next morning",
      [
        [1, "22:00-06:00"],
        [2, "05:00-09:00"],
      ],
      "hours_do_not_overlap",
    ],
    [
      "a night that overlaps the Monday",
      [
        [7, "22:00-06:00"],
        [1, "05:00-09:00"],
      ],
      "hours_do_not_overlap",
    ],
    [
      "a day and night",
      [
        [7, "12:00-12:00"],
        [1, "05:00-09:00"],
      ],
      "hours_do_not_overlap",
    ],
    ["half minutes", [[1, "09:00-17:00:30"]], "full_minutes"],
    ["an eighth day", [[8, "09:00-17:00"]], "isodow_1_to_7"],
    ["an opening at the end of the day", [[1, "24:00-06:00"]], "opens_before_24_00"],
  ] as [string, Hours, string][])("%s", async (_what, hours, constraint) => {
    await expect(insertCalendar(operator, { hours })).rejects.toMatchObject({ constraint });
  });

  it("hours that touch are no overlap", async () => {
    await insertCalendar(operator, { hours: [...daily("22:00-06:00"), ...daily("06:00-22:00")] });
    expect(await businessHours(operator, "2026-03-10T00:00Z", "2026-03-11T00:00Z")).toBe(24);
  });

  it("unknown zones, of calendars and of settings", async () => {
    await expect(insertCalendar(operator, { zone: "CEST" })).rejects.toMatchObject({ code: "PA050" });
    await expect(
      operator.query("insert into stats.settings (account_id, time_zone) values (1, 'Berlin')"),
    ).rejects.toMatchObject({ code: "PA050" });
  });

  it("a second calendar or holiday of a day, an unknown inbox, times without end", async () => {
    await insertCalendar(operator, {});
    await expect(insertCalendar(operator, {})).rejects.toMatchObject({ code: "23505" });
    await expect(insertCalendar(operator, { inboxId: 99 })).rejects.toMatchObject({ code: "23503" });
    await expect(insertCalendar(operator, { inboxId: 1, validFrom: "-infinity" })).rejects.toMatchObject({
      constraint: "valid_from_1970_to_2199",
    });
    const holiday = (closes: string | null) =>
      operator.query(
        "insert into stats.calendar_holidays (account_id, day, name, opens, closes) values (1, '2026-12-24', 'Eve', '09:00', $1)",
        [closes],
      );
    await expect(holiday(null)).rejects.toMatchObject({ constraint: "both_times_or_none" });
    await holiday("12:00");
    await expect(holiday("13:00")).rejects.toMatchObject({ code: "23505" });
  });
});

describe("a change has what it changes computed anew", () => {
  const requests = () =>
    rows(operator, "select account_id::int, since::text, until::text from stats.rebuilds order by id");

  beforeAll(() => operator.query("set time zone 'UTC'"));

  it("a first calendar: all from its first day on, once", async () => {
    await insertCalendar(operator, { validFrom: "2026-03-01", hours: daily("00:00-22:00") });
    expect(await requests()).toEqual([{ account_id: 1, since: "2026-03-01 22:00:00+00", until: "infinity" }]);
  });

  it("a holiday: that day's hours", async () => {
    await insertCalendar(operator, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    await db.pool.query("delete from stats.rebuilds");
    await operator.query(
      "insert into stats.calendar_holidays (account_id, day, name) values (1, '2026-03-04', 'Day off')",
    );
    await operator.query("update stats.calendar_holidays set name = 'Feast'");
    expect(await requests()).toEqual([
      { account_id: 1, since: "2026-03-04 09:00:00+00", until: "2026-03-04 17:00:00+00" },
    ]);
  });

  it("a correction of an earlier calendar: until the next one", async () => {
    const earlier = await insertCalendar(operator, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    await insertCalendar(operator, { validFrom: "2026-02-01", hours: daily("10:00-12:00") });
    await db.pool.query("delete from stats.rebuilds");
    await operator.query("update stats.calendar_hours set closes = '18:00' where calendar_id = $1", [
      earlier,
    ]);
    expect(await requests()).toEqual([
      { account_id: 1, since: "2026-01-01 17:00:00+00", until: "2026-01-31 18:00:00+00" },
    ]);
  });

  it("what begins within a day: from then on, as the change may be committed later", async () => {
    await insertCalendar(operator, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    await db.pool.query("delete from stats.rebuilds");
    await operator.query("set parley.now = '2026-03-04 16:59Z'");
    await operator.query("update stats.calendar_hours set closes = '18:00'");
    expect(await requests()).toEqual([
      { account_id: 1, since: expect.stringContaining("17:00:00+00"), until: expect.any(String) },
    ]);
  });

  it("what is still to come, or stays the same: nothing", async () => {
    await insertCalendar(operator, { validFrom: "2026-04-01", hours: daily("09:00-17:00") });
    await insertCalendar(operator, { inboxId: 2, validFrom: "2026-04-01", hours: daily("09:00-17:00") });
    expect(await requests()).toEqual([]);
  });

  it("the last calendar that is deleted: all from its first day on", async () => {
    await insertCalendar(operator, { validFrom: "2026-03-01", zone: "Europe/Berlin", hours: [] });
    await db.pool.query("delete from stats.rebuilds");
    await operator.query("delete from stats.calendars");
    expect(await requests()).toEqual([{ account_id: 1, since: "2026-02-28 23:00:00+00", until: "infinity" }]);
    expect(await column(operator, "select opens from stats.open_spans")).toEqual([]);
  });
});

describe("as time goes by", () => {
  it("calendars are reckoned two to three years ahead, without changing what was", async () => {
    await insertCalendar(operator, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    const past = () =>
      rows(operator, "select *, ctid from stats.open_spans where closes < '2029-03-01' order by opens");
    const before = await past();
    expect(await businessHours(operator, "2028-03-10Z", "2029-03-10Z")).toBe(365 * 8);

    const worker = await db.connect("parley_worker");
    await worker.query("set parley.now = '2026-12-01Z'; select stats.extend_calendars()");
    expect(await businessHours(operator, "2029-03-10Z", "2029-04-10Z")).toBe(0);
    await worker.query("set parley.now = '2027-04-01Z'; select stats.extend_calendars()");
    expect(await businessHours(operator, "2029-03-10Z", "2030-03-10Z")).toBe(365 * 8);
    expect(await past()).toEqual(before);
    expect(await column(operator, "select since from stats.rebuilds where since > '2026-12-01'")).toEqual([]);
  });
});

describe("rights", () => {
  it("analysts see their own account's calendars, and change none", async () => {
    for (const accountId of [1, 2]) {
      await insertCalendar(operator, { accountId, hours: [[accountId, "09:00-17:00"]] });
      await operator.query(
        "insert into stats.calendar_holidays (account_id, day, name) values ($1, '2026-12-25', 'Christmas')",
        [accountId],
      );
    }
    expect(await column(analyst, "select account_id::int from stats.calendars")).toEqual([1]);
    expect(await column(analyst, "select isodow from stats.calendar_hours")).toEqual([1]);
    expect(await column(analyst, "select account_id::int from stats.calendar_holidays")).toEqual([1]);
    for (const statement of [
      "delete from stats.calendars",
      "select stats.set_calendar(1, '24/7', 'UTC')",
      "select stats.extend_calendars()",
      "insert into stats.calendar_hours values (1, 2, '09:00', '10:00')",
    ])
      await expect(analyst.query(statement)).rejects.toMatchObject({ code: "42501" });
  });

  it("operators do not write what calendars come to", async () => {
    await expect(operator.query("delete from stats.open_spans")).rejects.toMatchObject({ code: "42501" });
    await expect(operator.query("select stats._follow_calendars(1, '{0}')")).rejects.toMatchObject({
      code: "42501",
    });
  });
});

it("two operators at the same time: the later change finds the earlier one", async () => {
  const other = await operatorLogin.connect();
  await insertCalendar(operator, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
  await operator.query("begin");
  await operator.query("update stats.calendar_hours set closes = '12:00' where isodow = 1");
  const later = other.query("update stats.calendar_hours set closes = '12:00' where isodow = 2");
  await untilBlocked(db.pool, other);
  await operator.query("commit");
  await later;
  expect(await businessHours(operator, "2026-03-09Z", "2026-03-11Z")).toBe(6);
  expect(await value(operator, "select count(*)::int from stats.open_spans where opens = '-infinity'")).toBe(
    1,
  );
});
