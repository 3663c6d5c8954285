// One Monday of a small team, and every number of it, reckoned by hand.
import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { columnsOf } from "../columns.ts";
import { MONDAY, STORY } from "../monday.ts";
import { parseTable, play } from "../story.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
let writer: Client;

const WINDOW = `since => '${MONDAY}Z', until => '2026-03-03Z'`;

/** How often, and the sum: seconds of times, grades of ratings, messages of what it took to resolve. */
const EXPECTED = parseTable(`
  metric                account   Ann       Bob       Cyd       nobody
  dialogs_started       8         2         1         2         3
  offered               7         2         1         2         2
  handed_off            2/240     1/120     0         1/120     0
  queue_wait            5/120     2/0       1/0       2/120     0
  first_response        3/420     1/180     1/60      1/180     0
  first_response_human  3/300     1/60      1/60      1/180     0
  first_response_agent  5/360     2/120     2/180     1/60      0
  outbound              1         1         0         0         0
  reply_time            4/530     1/170     2/240     1/120     0
  resolution            7/3548    1/120     2/2400    1/300     3/728
  active_resolution     7/2108    1/120     2/1200    1/180     3/608
  bot_time              3/360     0         1/120     1/120     1/120
  snoozed_time          1/1080    0         1/1080    0         0
  assigned_to_resolved  5/3180    1/120     2/2280    1/300     1/480
  customer_waiting      6/867     0         2/410     1/240     3/217
  reopened              1         0         1         0         0
  first_contact_resolution  3     1         0         1         1
  bot_contained         1         0         0         0         1
  abandoned             2         0         0         1         1
  short_abandoned       1         0         0         0         1
  dropped               3         0         0         1         2
  transfers_in          1         0         1         0         0
  transfers_out         1         1         0         0         0
  handle_time           6/1680    2/360     2/960     2/360     0
  dialogs_handled       5/1680    1/120     2/1200    1/180     1/180
  messages_received     8         1         1         1         5
  messages_sent         9         2         2         3         2
  replies_sent          6         3         2         1         0
  notes                 1         0         0         1         0
  mentions              1         1         0         0         0
  replies_to_resolve    7/6       1/1       2/3       1/0       3/2
  messages_to_resolve   7/15      1/1       2/7       1/1       3/6
  ratings               2/7       0         2/7       0         0
  satisfied             1         0         1         0         0
  wrapups               1         1         0         0         0
`);

type Row = Record<string, number | string | null>;

const shown = (row: Row | undefined, metric: string): string => {
  const { count, total } = columnsOf(metric);
  const n = row?.[count] ?? 0;
  return n && total ? `${n}/${row![total]}` : String(n);
};

async function table(): Promise<Record<string, string>[]> {
  const [account] = await rows<Row>(analyst.session, `select * from api.report(${WINDOW})`);
  const agents = await rows<Row>(analyst.session, `select * from api.report('agent', ${WINDOW})`);
  return EXPECTED.map(({ metric }) => ({
    metric: metric!,
    account: shown(account, metric!),
    ...Object.fromEntries(
      ["Ann", "Bob", "Cyd", null].map((name) => [
        name ?? "nobody",
        shown(
          agents.find((agent) => agent.name === name),
          metric!,
        ),
      ]),
    ),
  }));
}

beforeAll(async () => {
  writer = await db.connect();
  await writer.query("update chat.accounts set puts_chat_events = true");
  await play(writer, MONDAY, STORY);
  await analyst.clockShows(`${MONDAY} 12:30Z`);
});

describe.each([
  ["what nobody has summed yet", ""],
  ["sums of quarters of an hour", "select stats.flush()"],
  [
    "sums of finished days",
    "set parley.now = '2026-03-03 08:00Z'; select stats.finish_days(); delete from stats.sums where grain = 'slot'",
  ],
])("from %s", (_from, statement) => {
  beforeAll(async () => {
    await writer.query(statement);
  });

  it("every metric, of the account and of each agent", async () => {
    expect(await table()).toEqual(EXPECTED);
  });
});
