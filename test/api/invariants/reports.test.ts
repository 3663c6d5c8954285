// Whatever happened, whatever has been summed: a report says what the rows of schema chat say.
import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { runs, within } from "../../setup/proof.ts";
import { columnsOf } from "../columns.ts";
import { useAnalyst } from "../use-analyst.ts";
import { type Account, clockShows, createAccount, EPOCH, history } from "./history.ts";
import { type Measurement, measure, type Raw, rawDialogs } from "./measure.ts";
import { createShifts, timeInShifts } from "./shifts.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
let owner: Client;
let metrics: string[];

beforeAll(async () => {
  owner = await db.connect();
  metrics = await value(owner, "select enum_range(null::api.metric)::text[]");
});

const HOUR = 3600;
const quarters = (min: number, max: number) =>
  fc.integer({ min: min * 96, max: max * 96 }).map((n) => EPOCH + n * 900);
/** Most see most of it. */
const bounds = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(quarters(-3, 1), quarters(2, 12)) },
  fc.tuple(quarters(-3, 8), quarters(-3, 8)).filter(([since, until]) => since !== until),
);
const ZONES = [
  null,
  "Europe/Berlin",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/New_York",
];
const filter = (...choices: number[][]) => fc.constantFrom(null, null, null, null, ...choices);

const question = fc
  .record({
    by: fc.constantFrom("account", "agent", "team", "inbox"),
    unit: fc.constantFrom(null, "hour", "day", "day", "week", "month"),
    bounds,
    zone: fc.constantFrom(...ZONES),
    agents: filter([1], [2, 3], [0, 1], []),
    teams: filter([1], [0, 2]),
    inbox: filter([0], [1]),
  })
  .map(({ bounds: [one, other], ...rest }) => ({
    ...rest,
    since: Math.min(one, other),
    until: Math.max(one, other),
  }));
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

interface Period {
  period_start: Date;
  period_end: Date;
}
const BUSINESS = ["queue_wait", "first_response", "first_response_human", "reply_time", "resolution"];

type Row = Period & Record<string, number | string | null>;

const WINDOW = `since => to_timestamp($1), until => to_timestamp($2), time_zone => $3, agent_ids => $4, team_ids => $5, inbox_ids => $6`;

/** What comes before the window in an SQL call and what follows: the same question of each report. */
function ask<Result>(account: Account, q: Question, report: string, args: string): Promise<Result[]> {
  return rows<Result>(analyst.session, `select * from api.${report}(${args}${args && ", "}${WINDOW})`, [
    ...[q.since, q.until, q.zone, q.agents, q.teams],
    q.inbox?.map((which) => account.inboxes[which]) ?? null,
  ]);
}

const micros = (date: Date) => date.getTime() * 1000;
const typed = (type: string, name: string | null) => (name === null ? "null" : `'${name}'::api.${type}`);

/** What the question asks about, of all that was measured. */
const asked = (measured: Measurement[], account: Account, q: Question) =>
  measured.filter(
    ({ at, agent, team, inbox }) =>
      at >= q.since * 1e6 &&
      at < q.until * 1e6 &&
      (q.agents?.includes(agent) ?? true) &&
      (q.teams?.includes(team) ?? true) &&
      (q.inbox?.some((which) => account.inboxes[which] === inbox) ?? true),
  );

/** The clock of a zone, which Intl tells independently of PostgreSQL. */
function local(date: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, hourCycle: "h23", weekday: "short", day: "numeric", hour: "numeric", minute: "numeric" },
  }).formatToParts(date);
  const part = (type: string) => parts.find((found) => found.type === type)!.value;
  return {
    isodow: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")) + 1,
    ...{ day: Number(part("day")), hour: Number(part("hour")), minute: Number(part("minute")) },
  };
}

function startsUnit(date: Date, unit: string, zone: string): boolean {
  const { isodow, day, hour, minute } = local(date, zone);
  if (minute !== 0) return unit === "hour" && zone === "Australia/Lord_Howe";
  if (unit === "hour") return true;
  return hour === 0 && (unit === "day" || (unit === "week" ? isodow === 1 : day === 1));
}

function expectPeriods(periods: Period[], q: Question, zone: string): void {
  expect(micros(periods[0]!.period_start)).toBe(q.since * 1e6);
  expect(micros(periods.at(-1)!.period_end)).toBe(q.until * 1e6);
  for (const [index, { period_start }] of periods.entries()) {
    if (index === 0) continue;
    expect(period_start).toEqual(periods[index - 1]!.period_end);
    expect(
      startsUnit(period_start, q.unit!, zone),
      `${period_start.toISOString()} starts a ${q.unit} in ${zone}`,
    ).toBe(true);
  }
  if (q.unit === null) expect(periods).toHaveLength(1);
  const longest =
    q.unit === null
      ? Number.POSITIVE_INFINITY
      : { hour: 1.5, day: 25, week: 7 * 24 + 1, month: 31 * 24 + 1 }[q.unit];
  for (const { period_start, period_end } of periods)
    expect((micros(period_end) - micros(period_start)) / 1e6).toBeLessThanOrEqual(longest * HOUR);
}

const idOf = (measurement: Measurement, by: string) =>
  by === "account" ? 0 : measurement[by as "agent" | "team" | "inbox"];
const total = (of: Measurement[]) => of.reduce((sum, measurement) => sum + measurement.total, 0);

/** Every cell of a report as text, so that a difference is one line: `2 period 3 resolution: 1 of 600000`. */
function cells(periods: Period[], measured: Measurement[], by: string): string[] {
  const groups = Map.groupBy(measured, (measurement) => {
    const period = periods.findIndex(
      ({ period_start, period_end }) =>
        measurement.at >= micros(period_start) && measurement.at < micros(period_end),
    );
    return `${idOf(measurement, by)} period ${period} ${measurement.metric}`;
  });
  return [...groups].map(([cell, of]) => `${cell}: ${of.length} of ${total(of)}${businessOf(of)}`).sort();
}

const businessOf = (of: Measurement[]) =>
  of[0]?.business === undefined
    ? ""
    : `, ${of.reduce((sum, { business }) => sum + business!, 0)} in business hours`;

function reported(report: Row[], periods: Period[]): string[] {
  return report
    .flatMap((row) =>
      metrics.map((metric) => {
        const { count, total: added, per } = columnsOf(metric);
        const period = periods.findIndex(
          ({ period_start }) => micros(period_start) === micros(row.period_start),
        );
        const sum = added ? Math.round(Number(row[added]) * per) : 0;
        const business = row[`${metric}_business_s_sum`];
        const inBusiness =
          business === undefined ? "" : `, ${Math.round(Number(business) * 1000)} in business hours`;
        return row[count]
          ? `${row.id ?? 0} period ${period} ${metric}: ${row[count]} of ${sum}${inBusiness}`
          : "";
      }),
    )
    .filter(Boolean)
    .sort();
}

async function expectReport(
  account: Account,
  q: Question,
  measured: Measurement[],
  zone: string,
): Promise<void> {
  const periods = await ask<Period>(account, q, "report", `'account', ${typed("unit", q.unit)}`);
  expectPeriods(periods, q, zone);
  const report = await ask<Row>(account, q, "report", `'${q.by}', ${typed("unit", q.unit)}`);
  expect(reported(report, periods)).toEqual(cells(periods, asked(measured, account, q), q.by));
}

async function expectPercentiles(account: Account, q: Question, measured: Measurement[]): Promise<void> {
  const metric = metrics.filter((name) => columnsOf(name).per === 1000)[Math.abs(q.since / 900) % 14]!;
  const found = asked(measured, account, q).filter((measurement) => measurement.metric === metric);
  await expectTimes(account, q, metric, false, found);
  if (BUSINESS.includes(metric)) {
    const inBusiness = found.map((measurement) => ({ ...measurement, total: measurement.business! }));
    await expectTimes(account, q, metric, true, inBusiness);
  }
}

async function expectTimes(
  account: Account,
  q: Question,
  metric: string,
  isBusiness: boolean,
  found: Measurement[],
): Promise<void> {
  const groups = await ask<Row>(
    account,
    q,
    "percentiles",
    `metric => '${metric}', by => '${q.by}', unit => ${typed("unit", q.unit)}, business => ${isBusiness}`,
  );
  let counted = 0;
  for (const group of groups) {
    const times = found
      .filter(
        (m) =>
          idOf(m, q.by) === (group.id ?? 0) &&
          m.at >= micros(group.period_start) &&
          m.at < micros(group.period_end),
      )
      .map((m) => m.total)
      .sort((a, b) => a - b);
    counted += times.length;
    const at = (p: number) => (times.length ? times[Math.ceil(p * times.length - 1e-9) - 1]! / 1000 : null);
    const { n, p50_s, p90_s, p95_s, p99_s, min_s, max_s } = group;
    expect({ metric, n, p50_s, p90_s, p95_s, p99_s, min_s, max_s }).toEqual({
      ...{ metric, n: times.length, p50_s: at(0.5), p90_s: at(0.9), p95_s: at(0.95), p99_s: at(0.99) },
      ...{ min_s: at(0.0001), max_s: at(1) },
    });
  }
  expect(counted).toBe(found.length);
}

async function expectHeatmap(
  account: Account,
  q: Question,
  measured: Measurement[],
  zone: string,
): Promise<void> {
  const metric = metrics[Math.abs(q.until / 900) % metrics.length]!;
  const map = await ask<{ isodow: number; hour: number; n: number; total: number }>(
    account,
    q,
    "heatmap",
    `'${metric}'`,
  );
  expect(map).toHaveLength(168);
  const groups = Map.groupBy(
    asked(measured, account, q).filter((measurement) => measurement.metric === metric),
    ({ at }) => {
      const { isodow, hour } = local(new Date(at / 1000), zone);
      return `${isodow} ${hour}`;
    },
  );
  expect(
    map
      .filter(({ n }) => n)
      .map(
        ({ isodow, hour, n, total: sum }) =>
          `${isodow} ${hour}: ${n} of ${Math.round(sum * columnsOf(metric).per)}`,
      )
      .sort(),
  ).toEqual([...groups].map(([cell, of]) => `${cell}: ${of.length} of ${total(of)}`).sort());
}

async function expectBacklog(account: Account, q: Question, dialogs: Raw[]): Promise<void> {
  const own = dialogs.filter(
    ({ assignee, team, inbox }) =>
      (q.agents?.includes(assignee ?? 0) ?? true) &&
      (q.teams?.includes(team ?? 0) ?? true) &&
      (q.inbox?.some((which) => account.inboxes[which] === inbox) ?? true),
  );
  const periods = await ask<Period & { started: number; resolved: number; unresolved: number }>(
    account,
    q,
    "backlog",
    typed("unit", q.unit),
  );
  for (const { period_start, period_end, started, resolved, unresolved } of periods) {
    const [from, to] = [micros(period_start), micros(period_end)];
    const within = (at: number | null) => at !== null && at >= from && at < to;
    expect({ started, resolved, unresolved }).toEqual({
      started: own.filter(({ startedAt }) => within(startedAt)).length,
      resolved: own.filter(({ resolvedAt }) => within(resolvedAt)).length,
      unresolved: own.filter(
        ({ startedAt, resolvedAt }) => startedAt < to && (resolvedAt === null || resolvedAt >= to),
      ).length,
    });
  }
}

async function expectDialogsBehind(account: Account, q: Question, measured: Measurement[]): Promise<void> {
  for (const metric of metrics) {
    const behind = await ask<{ id: number }>(account, q, "dialogs_behind", `'${metric}'`);
    const dialogs = new Set(
      asked(measured, account, q)
        .filter((m) => m.metric === metric)
        .map((m) => m.dialog),
    );
    expect(
      behind.map(({ id }) => id).sort((a, b) => a - b),
      metric,
    ).toEqual([...dialogs].sort((a, b) => a - b));
  }
}

it(
  "reports say what the rows say, before and after they are summed",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata"),
        history,
        fc.array(question, { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (ownZone, steps, questions, hasShifts) => {
          const account = await createAccount(owner, ownZone);
          if (hasShifts) await createShifts(owner, account);
          await analyst.session.query("select set_config('parley.account_id', $1, false)", [
            String(account.id),
          ]);
          for (const { run } of steps) await run(owner, account);
          await analyst.session.query("select set_config('parley.now', to_timestamp($1)::text, false)", [
            account.now,
          ]);

          const dialogs = await rawDialogs(owner, account.id);
          const measured = measure(dialogs, (inbox, since, until) =>
            hasShifts && until > since
              ? timeInShifts(account, inbox, since, until)
              : Math.max(0, until - since),
          );
          const summing = [
            async () => {},
            () => owner.query("select stats.flush()"),
            () =>
              clockShows(owner, account, account.now + 24 * HOUR).then(() =>
                owner.query("select stats.finish_days()"),
              ),
          ];
          for (const sum of summing) {
            await sum();
            for (const q of questions) {
              const zone = q.zone ?? ownZone;
              await expectReport(account, q, measured, zone);
              await expectPercentiles(account, q, measured);
              await expectHeatmap(account, q, measured, zone);
              await expectBacklog(account, q, dialogs);
            }
          }
          await expectDialogsBehind(account, questions[0]!, measured);
        },
      ),
      { numRuns: runs(10) },
    );
  },
  within(300_000),
);
