import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { during } from "../../api/concurrency/agents-at-work.ts";
import { rows, value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
let client: Client;
const MINUTE = 60_000;

/** Of the only dialog, on Monday, 2 March: asked at 07:00, answered at 09:30, resolved at 10:00, UTC. */
const times = () =>
  rows(
    client,
    `select (first_response_business_ms / ${MINUTE})::int as first_response, (resolution_business_ms / ${MINUTE})::int as resolution,
       (t.reply_business_ms / ${MINUTE})::int as reply
     from stats.dialogs d join stats.turns t using (dialog_id)`,
  );

const sums = () =>
  rows(
    client,
    `select m.metric, sum(m.total)::int / ${MINUTE} as total, sum(m.business)::int / ${MINUTE} as business
     from stats.sums s
     cross join lateral (values
       ('first_response', first_response_total, first_response_business), ('reply_time', reply_time_total, reply_time_business),
       ('resolution', resolution_total, resolution_business)
     ) m (metric, total, business)
     where s.grain = 'slot' and s.dim = 'account' group by m.metric order by m.metric`,
  );

const workOff = async () => {
  while ((await value<number>(client, "select stats.work_off_rebuilds()")) > 0);
  expect(await rows(client, "select * from stats.rebuilds")).toEqual([]);
  expect(await rows(client, "select * from stats.verify(1)")).toEqual([]);
};

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
  await during(client, [
    ["07:00", "select chat.open_conversation(1, 1, 1, 'A', 0, 1)"],
    ["07:00", "select chat.append_message(1, 'Hello?', sender_type => 'Contact', sender_id => 1)"],
    [
      "09:30",
      "select chat.append_message(1, 'Good morning', message_type => 1, sender_type => 'User', sender_id => 1)",
    ],
    ["10:00", "select chat.resolve_conversation(1)"],
    ["12:00", "select stats.flush()"],
  ]);
});

it("without a calendar the business time is the whole time", async () => {
  expect(await times()).toEqual([{ first_response: 150, resolution: 180, reply: 150 }]);
});

it("a calendar that is set afterwards counts for what was before, facts and sums", async () => {
  await client.query("select stats.set_calendar(1, 'Mo-Fr 09:00-17:00', 'UTC', '2026-01-01')");
  await workOff();
  expect(await times()).toEqual([{ first_response: 30, resolution: 60, reply: 30 }]);
  expect(await sums()).toEqual([
    { metric: "first_response", total: 150, business: 30 },
    { metric: "reply_time", total: 150, business: 30 },
    { metric: "resolution", total: 180, business: 60 },
  ]);
});

it("a holiday of that day closes it", async () => {
  await client.query(
    "insert into stats.calendar_holidays (account_id, day, name) values (1, '2026-03-02', 'Day off')",
  );
  await workOff();
  expect(await times()).toEqual([{ first_response: 0, resolution: 0, reply: 0 }]);
});

it("an inbox's own calendar takes its place", async () => {
  await client.query("select stats.set_calendar(1, '24/7', 'UTC', '2026-03-02', inbox_id => 1)");
  await workOff();
  expect(await times()).toEqual([{ first_response: 150, resolution: 180, reply: 150 }]);
});
