import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { column, rows, value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { ALL_DAYS, businessHours, insertCalendar, WEEKDAYS } from "./calendar.ts";

const db = useDatabase();
let client: Client;

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
});

beforeEach(async () => {
  await client.query("delete from stats.calendars; delete from stats.calendar_holidays");
});

const office = (range: string) => WEEKDAYS.map((day): [number, string] => [day, range]);
const daily = (range: string) => ALL_DAYS.map((day): [number, string] => [day, range]);

describe("a week of office hours", () => {
  beforeEach(async () => {
    await insertCalendar(client, { zone: "Europe/Berlin", hours: office("09:00-17:00") });
  });

  it.each([
    ["within a day", "2026-03-04T09:30+01:00", "2026-03-04T10:00+01:00", 0.5],
    [
      "from before the opening until after the closing",
      "2026-03-04T05:00+01:00",
      "2026-03-04T23:00+01:00",
      8,
    ],
    ["over a night", "2026-03-04T16:00+01:00", "2026-03-05T10:00+01:00", 2],
    ["over a weekend", "2026-03-06T16:00+01:00", "2026-03-09T10:00+01:00", 2],
    ["within a weekend", "2026-03-07T10:00+01:00", "2026-03-08T10:00+01:00", 0],
    [
      "over four weeks, with the change to summer time",
      "2026-03-09T00:00+01:00",
      "2026-04-06T00:00+02:00",
      160,
    ],
    ["of nothing", "2026-03-04T10:00+01:00", "2026-03-04T10:00+01:00", 0],
    ["backwards", "2026-03-04T12:00+01:00", "2026-03-04T10:00+01:00", 0],
    ["from the opening until the closing", "2026-03-04T09:00+01:00", "2026-03-04T17:00+01:00", 8],
    ["from the closing until the opening", "2026-03-04T17:00+01:00", "2026-03-05T09:00+01:00", 0],
  ])("%s", async (_what, since, until, hours) => {
    expect(await businessHours(client, since, until)).toBe(hours);
  });

  it("counts milliseconds, rounded as all times are", async () => {
    const ms = (until: string) =>
      value(client, "select stats.business_ms(1, 1, '2026-03-04T10:00+01:00', $1)::int", [until]);
    expect(await ms("2026-03-04T10:00:00.0014+01:00")).toBe(1);
    expect(await ms("2026-03-04T10:00:00.0015+01:00")).toBe(2);
  });
});

it("several ranges a day", async () => {
  await insertCalendar(client, {
    hours: [
      [3, "09:00-12:00"],
      [3, "13:00-18:00"],
    ],
  });
  expect(await businessHours(client, "2026-03-04T11:00Z", "2026-03-04T14:00Z")).toBe(2);
});

it("without any calendar all time is business time", async () => {
  expect(await businessHours(client, "2026-03-07T00:00Z", "2026-03-08T12:00Z")).toBe(36);
  expect(await businessHours(client, "2026-03-07T00:00Z", "2026-03-08T12:00Z", null)).toBe(36);
});

it("so is the time before the first calendar, whose first day begins in its own zone", async () => {
  await insertCalendar(client, { validFrom: "2026-03-04", zone: "Asia/Kolkata" });
  expect(await businessHours(client, "2026-03-01T18:30Z", "2026-03-05T00:00Z")).toBe(48);
});

it("a calendar without hours is closed", async () => {
  await insertCalendar(client, {});
  expect(await businessHours(client, "2026-03-01Z", "2026-03-05Z")).toBe(0);
});

it("a later calendar follows an earlier one, and leaves its past as it was", async () => {
  await insertCalendar(client, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
  await insertCalendar(client, { validFrom: "2026-03-01", hours: daily("10:00-12:00") });
  expect(await businessHours(client, "2026-02-28Z", "2026-03-01Z")).toBe(8);
  expect(await businessHours(client, "2026-03-01Z", "2026-03-02Z")).toBe(2);
});

it("an overnight shift belongs to the calendar of the day on which it begins", async () => {
  await insertCalendar(client, { validFrom: "2026-01-01", hours: daily("22:00-06:00") });
  await insertCalendar(client, { validFrom: "2026-03-01" });
  expect(await businessHours(client, "2026-03-01Z", "2026-03-02Z")).toBe(6);
  expect(await businessHours(client, "2026-03-02Z", "2026-03-03Z")).toBe(0);
});

describe("inboxes", () => {
  const DAY = ["2026-03-04Z", "2026-03-05Z"] as const;

  it("without a calendar of their own have the account's", async () => {
    await insertCalendar(client, { hours: daily("09:00-17:00") });
    await insertCalendar(client, { inboxId: 2, hours: daily("00:00-24:00") });
    expect(await businessHours(client, ...DAY, 1)).toBe(8);
    expect(await businessHours(client, ...DAY, null)).toBe(8);
    expect(await businessHours(client, ...DAY, 2)).toBe(24);
  });

  it("have the account's until the day of their own first one", async () => {
    await insertCalendar(client, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    await insertCalendar(client, { inboxId: 2, validFrom: "2026-03-05", hours: daily("10:00-12:00") });
    await insertCalendar(client, { validFrom: "2026-03-07", hours: daily("00:00-01:00") });
    expect(await businessHours(client, "2025-12-31Z", "2026-01-01Z", 2)).toBe(24);
    expect(await businessHours(client, ...DAY, 2)).toBe(8);
    expect(await businessHours(client, "2026-03-05Z", "2026-03-09Z", 2)).toBe(8);
    await client.query("delete from stats.calendars where inbox_id is null and valid_from = '2026-01-01'");
    expect(await businessHours(client, ...DAY, 2)).toBe(24);
  });

  it("have the account's again when their own is deleted", async () => {
    await insertCalendar(client, { hours: daily("09:00-17:00") });
    await insertCalendar(client, { inboxId: 2 });
    expect(await businessHours(client, ...DAY, 2)).toBe(0);
    await client.query("delete from stats.calendars where inbox_id = 2");
    expect(await businessHours(client, ...DAY, 2)).toBe(8);
  });
});

describe("holidays", () => {
  it("close the day, or give it other hours", async () => {
    await insertCalendar(client, { zone: "Europe/Berlin", hours: office("09:00-17:00") });
    await client.query(
      `insert into stats.calendar_holidays (account_id, day, name, opens, closes) values
         (1, '2026-12-24', 'Christmas Eve', '09:00', '12:00'),
         (1, '2026-12-25', 'Christmas', null, null)`,
    );
    expect(await businessHours(client, "2026-12-23T23:00Z", "2026-12-24T23:00Z")).toBe(3);
    expect(await businessHours(client, "2026-12-24T23:00Z", "2026-12-25T23:00Z")).toBe(0);
    await client.query("update stats.calendar_holidays set day = '2026-12-28' where day = '2026-12-25'");
    expect(await businessHours(client, "2026-12-24T23:00Z", "2026-12-28T23:00Z")).toBe(8);
  });

  it("let the shift of the night before end", async () => {
    await insertCalendar(client, { hours: daily("22:00-06:00") });
    await client.query(
      "insert into stats.calendar_holidays (account_id, day, name) values (1, '2026-03-04', 'Day off')",
    );
    expect(await businessHours(client, "2026-03-04Z", "2026-03-05Z")).toBe(6);
    expect(await businessHours(client, "2026-03-05Z", "2026-03-06Z")).toBe(2);
  });

  it("outlast a calendar, and are not those of an inbox with its own", async () => {
    await client.query(
      "insert into stats.calendar_holidays (account_id, day, name) values (1, '2026-03-04', 'Day off')",
    );
    await insertCalendar(client, { validFrom: "2026-01-01", hours: daily("09:00-17:00") });
    await insertCalendar(client, { validFrom: "2026-03-01", hours: daily("10:00-12:00") });
    await insertCalendar(client, { inboxId: 2, hours: daily("09:00-17:00") });
    expect(await businessHours(client, "2026-03-04Z", "2026-03-05Z", 1)).toBe(0);
    expect(await businessHours(client, "2026-03-04Z", "2026-03-05Z", 2)).toBe(8);
  });
});

describe("days of 23 and 25 hours", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23],
    ["Europe/Berlin", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 25],
    ["Australia/Lord_Howe", "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30", 24.5],
    ["Australia/Lord_Howe", "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00", 23.5],
    ["America/Santiago", "2026-09-06T00:00-04:00", "2026-09-07T00:00-03:00", 23],
    ["Asia/Kathmandu", "2026-03-29T00:00+05:45", "2026-03-30T00:00+05:45", 24],
  ])("open all of one day: %s from %s", async (zone, since, until, hours) => {
    const sunday = await value<number>(
      client,
      "select extract(isodow from $1::timestamptz at time zone $2)::int",
      [since, zone],
    );
    await insertCalendar(client, { zone, hours: [[sunday, "00:00-24:00"]] });
    expect(await businessHours(client, since, until)).toBe(hours);
    const around = await rows<{ opens: Date; closes: Date }>(
      client,
      "select opens, closes from stats.open_spans where opens <= $1 and closes > $1",
      [since],
    );
    expect(around).toEqual([{ opens: new Date(since), closes: new Date(until) }]);
  });

  it.each([
    ["2026-03-28T22:00+01:00", "2026-03-29T06:00+02:00", 7],
    ["2026-10-24T22:00+02:00", "2026-10-25T06:00+01:00", 9],
  ])("the night shift from %s", async (since, until, hours) => {
    await insertCalendar(client, { zone: "Europe/Berlin", hours: [[6, "22:00-06:00"]] });
    expect(await businessHours(client, since, until)).toBe(hours);
    expect(await businessHours(client, since, "2026-12-31Z")).toBeGreaterThan(hours);
  });

  it("a local time that the clock skips is as much later; hours that end before that are none", async () => {
    await insertCalendar(client, { zone: "Europe/Berlin", hours: [[7, "02:30-04:00"]] });
    expect(await businessHours(client, "2026-03-28Z", "2026-03-30Z")).toBe(0.5);
    await client.query("update stats.calendar_hours set closes = '03:15'");
    expect(await businessHours(client, "2026-03-28Z", "2026-03-30Z")).toBe(0);
  });

  it("a local time that comes twice is the second one", async () => {
    await insertCalendar(client, { zone: "Europe/Berlin", hours: [[7, "01:00-02:30"]] });
    expect(await businessHours(client, "2026-10-24Z", "2026-10-26Z")).toBe(2.5);
  });
});

it("does not depend on the session's time zone", async () => {
  await client.query("set time zone 'America/New_York'");
  await insertCalendar(client, { zone: "Europe/Berlin", hours: daily("00:00-24:00") });
  expect(await column(client, "select count(*)::int from stats.open_spans")).toEqual([1]);
  await client.query("reset time zone");
});
