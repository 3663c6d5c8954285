import { beforeAll, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();

beforeAll(() => createFirstAccount(db.pool));

/** Handle times of account 1 as they are summed: by agent how many, and seconds. */
async function handleTimes(): Promise<Record<number, [number, number]>> {
  const { rows } = await db.pool.query(
    `select s.dim_id::int as agent, s.handle_time_n::int as n, s.handle_time_total::int / 1000 as seconds
     from stats.sums s where s.account_id = 1 and s.grain = 'slot' and s.dim = 'agent' and s.handle_time_n <> 0`,
  );
  return Object.fromEntries(rows.map(({ agent, n, seconds }) => [agent, [n, seconds]]));
}

/** Ann has the dialog from 10:00 to 11:00 and from 12:00 until it is resolved at 13:00. */
async function hadTwice(): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query(
      `set parley.now = '2026-03-02 10:00Z';
       insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id) values (1, 1, 1, 1);
       set parley.now = '2026-03-02 11:00Z'; update chat.conversations set assignee_id = null;
       set parley.now = '2026-03-02 12:00Z'; update chat.conversations set assignee_id = 1;
       set parley.now = '2026-03-02 13:00Z'; update chat.conversations set status = 1`,
    );
  } finally {
    client.release(true);
  }
  await db.pool.query("select stats.flush()");
}

it("an agent who had a dialog twice still handled it when one of these times was another agent's in truth", async () => {
  await hadTwice();
  expect(await handleTimes()).toEqual({ 1: [1, 7200] });

  await db.pool.query(
    `update chat.events set user_id = 2
     where id = (select max(id) from chat.events where name = 'conversation_assigned' and user_id = 1)`,
  );
  await db.pool.query("select stats.flush()");

  expect(await handleTimes()).toEqual({ 1: [1, 3600], 2: [1, 3600] });
  expect((await db.pool.query("select * from stats.verify()")).rows).toEqual([]);
});
