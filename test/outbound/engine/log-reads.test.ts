import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";

const database = useDatabase();
const MANY = 200_000;

beforeAll(async () => {
  await database.pool.query(
    `insert into chat.accounts (id, name) select n, 'An account' from generate_series(1, 20) n;
     insert into outbound.destinations (account_id, kind, name) select n, 'webhook', 'hook' from generate_series(1, 20) n;
     insert into outbound.attempts (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome)
     select d.id, n, 'chat.ended', 1, now(), 5, 'delivered' from generate_series(1, ${MANY}) n
     join outbound.destinations d on d.account_id = 1 + n % 6;
     insert into outbound.mailed select 'one-' || n || '-1', sha256('x'), now() from generate_series(1, ${MANY}) n;
     analyze outbound.attempts, outbound.mailed, outbound.destinations;`,
  );
}, 120_000);

/** Pages that a call touches, with the plans there. */
async function pagesOf(call: string, account?: number): Promise<number> {
  const client = await database.connect();
  if (account !== undefined) {
    await client.query("set role parley_administrator");
    await client.query("select set_config('parley.account_id', $1, false)", [String(account)]);
  }
  await client.query(`explain (analyze, buffers) ${call}`);
  const { rows } = await client.query(`explain (analyze, buffers, format json) ${call}`);
  const plan = rows[0]["QUERY PLAN"][0].Plan;
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

it("the newest attempts are read by an index, of all endpoints and of one", async () => {
  const { rows } = await database.pool.query("select id from outbound.destinations where account_id = 1");
  const newest = "order by id desc limit 20";
  expect(await pagesOf(`select * from api.webhook_attempts ${newest}`, 1)).toBeLessThan(200);
  const ofOne = `select * from api.webhook_attempts where endpoint_id = ${rows[0].id} ${newest}`;
  expect(await pagesOf(ofOne, 1)).toBeLessThan(200);
});

it("who has a mail is forgotten without reading who has others", async () => {
  expect(await pagesOf("select outbound.forget_mailed('one-777-1')")).toBeLessThan(100);
  expect(await pagesOf("select outbound.mailed_recipients('one-778-1')")).toBeLessThan(100);
  expect(await pagesOf("select outbound.forget_old_mailed()")).toBeLessThan(100);
});
