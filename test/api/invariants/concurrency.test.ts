// Whatever happened and turned out later, whatever has been summed and kept: concurrency is what the events say.
import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { runs, within } from "../../setup/proof.ts";
import { useAnalyst } from "../use-analyst.ts";
import { type Account, createAccount, EPOCH, handling } from "./history.ts";
import { type Moment, type Raw, rawDialogs } from "./measure.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
let owner: Client;

beforeAll(async () => {
  owner = await db.connect();
});

const SECOND = 1_000_000;
const DAY = 96;
const QUARTER = 900;

/** Of a few hours or days, from any quarter of an hour on. */
const window = fc
  .tuple(
    fc.integer({ min: -DAY, max: 8 * DAY }),
    fc.oneof(fc.integer({ min: 1, max: 8 * DAY }), fc.constant(8 * DAY)),
  )
  .map(([first, quarters]) => ({
    since: EPOCH + first * QUARTER,
    until: EPOCH + (first + quarters) * QUARTER,
  }));
const question = fc.record({
  window,
  agents: fc.constantFrom<number[] | null>(null, null, [1], [2, 3]),
  teams: fc.constantFrom<number[] | null>(null, null, null, [1], [0, 2]),
});
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

interface Span {
  agent: number;
  team: number;
  dialog: number;
  from: Moment;
  to: Moment;
}
const STATES = ["conversation_open", "conversation_pending", "conversation_snoozed", "conversation_resolved"];

/** While somebody had it and it was open, from one event to the next. */
function handledOf({ id, team, startedAt, resolvedAt, events }: Raw): Span[] {
  const end = resolvedAt ?? Number.POSITIVE_INFINITY;
  const course = events.filter(
    ({ name, at }) =>
      (STATES.includes(name) || name === "conversation_assigned") && at >= startedAt && at <= end,
  );
  let isOpen = false;
  return course.flatMap(({ name, user, at }, n) => {
    if (STATES.includes(name)) isOpen = name === "conversation_open";
    const to = course[n + 1]?.at ?? end;
    return isOpen && user !== null && to > at
      ? [{ agent: user, team: team ?? 0, dialog: id, from: at, to }]
      : [];
  });
}

const has = (filter: number[] | null, id: number) => filter === null || filter.includes(id);

function expectedOf(handled: Span[], { window, agents, teams }: Question, now: Moment) {
  const since = window.since * SECOND;
  const until = Math.min(window.until * SECOND, now);
  const seen = handled
    .filter(({ agent, team }) => has(agents, agent) && has(teams, team))
    .map((span) => ({ ...span, from: Math.max(span.from, since), to: Math.min(span.to, until) }))
    .filter(({ from, to }) => from < to);
  return [1, 2, 3].flatMap((agent) => {
    const own = seen.filter((span) => span.agent === agent);
    const moments = [...new Set(own.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
    const row = {
      dialogs: new Set(own.map(({ dialog }) => dialog)).size,
      handled: 0,
      busy: 0,
      peak: 0,
      peak_at: 0,
    };
    for (const [n, moment] of moments.entries()) {
      const lasts = (moments[n + 1] ?? moment) - moment;
      const atOnce = own.filter(({ from, to }) => from <= moment && moment < to).length;
      row.handled += atOnce * lasts;
      row.busy += Math.min(atOnce, 1) * lasts;
      if (atOnce > row.peak) Object.assign(row, { peak: atOnce, peak_at: moment });
    }
    const ms = { handled: Math.round(row.handled / 1000), busy: Math.round(row.busy / 1000) };
    return own.length ? [{ agent_id: agent, ...row, ...ms }] : [];
  });
}

const ask = ({ window: { since, until }, agents, teams }: Question) =>
  rows(
    analyst.session,
    `select agent_id::int, dialogs::int, round(handled_s * 1000)::int8::float8 as handled, round(busy_s * 1000)::int8::float8 as busy,
       peak::int, (extract(epoch from peak_at) * 1000000)::float8 as peak_at
     from api.concurrency(to_timestamp($1), to_timestamp($2), $3, $4)`,
    [since, until, agents, teams],
  );

async function expectExact(account: Account, questions: Question[]): Promise<void> {
  await analyst.session.query(
    "select set_config('parley.account_id', $1, false), set_config('parley.now', to_timestamp($2)::text, false)",
    [String(account.id), account.now],
  );
  const handled = (await rawDialogs(owner, account.id)).flatMap(handledOf);
  for (const one of questions) {
    expect(await ask(one)).toEqual(expectedOf(handled, one, account.now * SECOND));
  }
}

it(
  "concurrency is what the events say, at every moment",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo"),
        handling,
        fc.array(question, { minLength: 3, maxLength: 3 }),
        async (zone, steps, questions) => {
          const account = await createAccount(owner, zone);
          for (const [n, { run }] of steps.entries()) {
            await run(owner, account);
            if (n % 4 === 0) await expectExact(account, questions);
          }
          await owner.query("select stats.flush()");
          await owner.query("select stats.finish_days()");
          await expectExact(account, questions);
          await owner.query("select stats.keep_handled(1000)");
          await expectExact(account, questions);
          expect(await rows(owner, "select * from stats.stale_days")).toEqual([]);
          expect(await rows(owner, "select * from stats.verify($1)", [account.id])).toEqual([]);
        },
      ),
      { numRuns: runs(15) },
    );
  },
  within(300_000),
);
