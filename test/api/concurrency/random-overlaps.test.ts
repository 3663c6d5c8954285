import fc from "fast-check";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const START = Date.parse("2026-03-01T00:00Z");
const HOUR = 60;
const NOW = 40 * HOUR;
let client: Client;

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
  await client.query("set parley.account_id = 1; set session_replication_role = replica");
  await client.query("select set_config('parley.now', $1, false)", [at(NOW)]);
});

/** A minute of the test's time. */
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();

/** Of any length: the index that finds it depends on that. */
const lasting = fc.oneof(
  fc.integer({ min: 1, max: 120 }),
  fc.constantFrom(
    24 * HOUR,
    24 * HOUR + 1,
    240 * HOUR,
    240 * HOUR + 1,
    2400 * HOUR,
    2400 * HOUR + 1,
    10_000 * HOUR,
  ),
);
const ownership = fc
  .record({
    agent: fc.integer({ min: 1, max: 2 }),
    dialog: fc.integer({ min: 1, max: 5 }),
    end: fc.integer({ min: -3 * HOUR, max: NOW }),
    lasting,
    isOpen: fc.boolean(),
    gap: fc.boolean(),
  })
  .map(({ end, lasting, isOpen, gap, ...rest }) => {
    const begin = end - lasting;
    const middle = begin + Math.floor(lasting / 2);
    const pieces =
      gap && lasting > 4
        ? [
            [begin, middle - 1],
            [middle, end],
          ]
        : [[begin, end]];
    return { ...rest, begin, end: isOpen ? null : end, pieces: isOpen ? [[begin, NOW]] : pieces };
  });
const status = fc.record({
  agent: fc.integer({ min: 1, max: 2 }),
  minute: fc.integer({ min: -600 * HOUR, max: NOW }),
  code: fc.integer({ min: 1, max: 2 }),
});
const window = fc
  .tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 20 }))
  .map(([quarter, quarters]) => [15 * quarter, 15 * (quarter + quarters)] as const);

it("is what one counts minute by minute", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(ownership, { maxLength: 12 }),
      fc.array(status, { maxLength: 8 }),
      window,
      async (ownerships, statuses, [since, until]) => {
        await client.query("truncate stats.ownerships, chat.agent_status_changes");
        await client.query(
          `insert into stats.ownerships (dialog_id, n, account_id, inbox_id, agent_id, began_at, ended_at, handled, handle_ms)
           select o.dialog, row_number() over (), 1, 1, o.agent, o.begin, o."end", o.handled::tstzmultirange, 0
           from jsonb_to_recordset($1) o (dialog bigint, agent bigint, begin timestamptz, "end" timestamptz, handled text)`,
          [
            JSON.stringify(
              ownerships.map(({ dialog, agent, begin, end, pieces }) => ({
                dialog,
                agent,
                begin: at(begin),
                end: end === null ? null : at(end),
                handled: `{${pieces.map(([from, to]) => `[${at(from!)},${end === null ? "" : at(to!)})`)}}`,
              })),
            ),
          ],
        );
        await client.query(
          `insert into chat.agent_status_changes (event_id, put_at, account_id, agent_id, status, changed_at)
           select n, s.changed_at, 1, s.agent, s.code, s.changed_at
           from jsonb_to_recordset($1) s (n bigint, agent bigint, code int, changed_at timestamptz)`,
          [
            JSON.stringify(
              statuses.map(({ agent, code, minute }, n) => ({ n, agent, code, changed_at: at(minute) })),
            ),
          ],
        );

        const expected = [1, 2].flatMap((agent) => {
          const pieces = ownerships
            .filter((one) => one.agent === agent)
            .flatMap(({ dialog, pieces }) => pieces.map(([from, to]) => ({ dialog, from: from!, to: to! })));
          const changes = statuses
            .map((change, n) => ({ ...change, n }))
            .filter((change) => change.agent === agent)
            .sort((a, b) => a.minute - b.minute || a.n - b.n);
          const row = {
            dialogs: new Set<number>(),
            handled: 0,
            busy: 0,
            peak: 0,
            peak_at: -1,
            available: 0,
            both: 0,
          };
          let isKnown = false;
          for (let minute = since; minute < Math.min(until, NOW); minute++) {
            const now = pieces.filter(({ from, to }) => from <= minute && minute < to);
            for (const { dialog } of now) row.dialogs.add(dialog);
            row.handled += now.length;
            row.busy += Number(now.length > 0);
            if (now.length > row.peak) Object.assign(row, { peak: now.length, peak_at: minute });
            const presence = changes.findLast((change) => change.minute <= minute);
            isKnown ||= presence !== undefined;
            row.available += Number(presence?.code === 1);
            row.both += Number(presence?.code === 1 && now.length > 0);
          }
          if (row.handled + row.available === 0) return [];
          return {
            agent_id: agent,
            dialogs: row.dialogs.size,
            handled: row.handled,
            busy: row.busy,
            peak: row.peak,
            peak_at: row.peak ? at(row.peak_at) : null,
            available: isKnown ? row.available : null,
            occupancy: row.available ? Math.round((1000 * row.both) / row.available) : null,
          };
        });
        const found = await rows(
          client,
          `select agent_id::int, dialogs::int, (handled_s / 60)::int as handled, (busy_s / 60)::int as busy, peak::int,
             to_char(peak_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as peak_at,
             (available_s / 60)::int as available, round(occupancy * 1000)::int as occupancy
           from api.concurrency($1, $2)`,
          [at(since), at(until)],
        );
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
}, 60_000);
