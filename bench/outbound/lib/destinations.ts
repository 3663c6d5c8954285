import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

/** A chat as it ends: some kilobytes. */
export const DOCUMENT: object = {
  ...JSON.parse(readFileSync(new URL("../../../examples/events/chat.ended.json", import.meta.url), "utf8")),
  SiteId: 1,
};

/** One account, whose chats go to these endpoints and to no other queue. */
export async function addDestinations(pool: pg.Pool, urls: string[], concurrency: number): Promise<void> {
  await pool.query(`
    insert into chat.accounts (id, name) values (1, 'An account');
    delete from broker.t_chatserver_queue where name <> 'WebHookQueue'`);
  await pool.query(
    `insert into outbound.destinations (account_id, kind, name, settings, concurrency)
     select 1, 'webhook', n::text, jsonb_build_object('url', url), $2 from unnest($1::text[]) with ordinality as u (url, n)`,
    [urls, concurrency],
  );
}

/** Chats end, each of a key of its own. */
export async function put(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into broker.events (name, data, key)
     select 'chat.ended', $1, 'chat ' || n || ' ' || gen_random_uuid() from generate_series(1, $2::int) n`,
    [JSON.stringify(DOCUMENT), count],
  );
}

/** Until no more than so many deliveries wait, and no event. */
export async function untilDelivered(pool: pg.Pool, left: number, patienceS: number): Promise<void> {
  const deadline = performance.now() + patienceS * 1000;
  for (;;) {
    const { rows } = await pool.query(
      `select (select count(*) from (select from outbound.deliveries limit $1 + 1) d)::int as waiting,
         exists (select from broker."WebHookQueue") as accepting`,
      [left],
    );
    if (rows[0].waiting <= left && !rows[0].accepting) return;
    if (performance.now() > deadline) throw new Error(`not delivered within ${patienceS} s`);
    await sleep(50);
  }
}
