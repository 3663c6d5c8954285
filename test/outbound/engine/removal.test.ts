import type { PoolClient } from "pg";
import { expect, it } from "vitest";
import upkeep from "../../../workers/outbound/upkeep.ts";
import { silentLog } from "../../setup/worker.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();
const remove = (id: number) => engine.one("select outbound.remove_destination($1)", [id]);
const left = () =>
  engine.one(
    `select (select count(*)::int from outbound.deliveries) as deliveries, (select count(*)::int from outbound.attempts) as attempts,
       (select count(*)::int from outbound.ticket_references) as tickets, (select count(*)::int from outbound.destinations) as destinations`,
  );

it("a removed destination is gone for everybody at once, and its name is free", async () => {
  const peer = await receiver();
  const id = await engine.destination({
    name: "mine",
    url: peer.url,
    secrets: () => "sealed:v2:00000000:AAAA",
  });
  await remove(id);
  expect(await engine.one("select count(*)::int from outbound.destination_states")).toEqual({ count: 0 });
  await engine.put(1);
  await engine.drain();
  expect(peer.received).toEqual([]);
  await expect(remove(id)).rejects.toMatchObject({ code: "PA063" });
  await expect(
    engine.one("select outbound.redeliver($1, since => '2020-01-01')", [id]),
  ).rejects.toMatchObject({
    code: "PA063",
  });
  await expect(
    engine.pool.query("update outbound.destinations set enabled = true where id = $1", [id]),
  ).rejects.toMatchObject({ constraint: "destination_removed_is_disabled" });
  expect(await engine.one("select settings, secrets from outbound.destinations where id = $1", [id])).toEqual(
    {
      settings: {},
      secrets: null,
    },
  );
  await engine.destination({ name: "mine" });
});

it("what it leaves behind is deleted in batches, each a short transaction, and nothing else", async () => {
  const [removed, kept] = [await engine.destination(), await engine.destination()];
  await engine.pool.query(
    `insert into outbound.deliveries (destination_id, id, kind, event_id, state)
     select d, n * 10 + d, 'webhook', n, 'ready' from unnest($1::int[]) d, generate_series(1, 25) n`,
    [[removed, kept]],
  );
  await engine.pool.query(
    `insert into outbound.attempts (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome)
     select d, n, 'chat.started', 1, now(), 5, 'failed' from unnest($1::int[]) d, generate_series(1, 15) n`,
    [[removed, kept]],
  );
  await engine.pool.query(
    "insert into outbound.ticket_references (destination_id, name, reference, event_id) select d, 'chat:a', '1', 1 from unnest($1::int[]) d",
    [[removed, kept]],
  );
  await remove(removed);
  const batches: number[] = [];
  do {
    const { count } = await engine.one<{ count: number }>("select outbound.delete_removed(10) as count");
    batches.push(count);
  } while (batches.at(-1)! > 0);
  expect(batches).toEqual([10, 10, 5, 10, 5, 1, 1, 0]);
  expect(await left()).toEqual({ deliveries: 25, attempts: 15, tickets: 1, destinations: 1 });
});

it("upkeep does that, and forgets old answers and attempts, with the rights of a worker", async () => {
  const [removed, kept] = [await engine.destination(), await engine.destination()];
  await remove(removed);
  await engine.pool.query(
    `insert into outbound.attempts (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome, answer)
     select $1, n, 'chat.started', 1, now() - make_interval(days => n), 5, 'failed', 'said' from unnest('{1, 6, 8, 29, 31}'::int[]) n`,
    [kept],
  );
  await engine.pool.query(
    "insert into outbound.mailed values ('old', sha256('x'), now() - interval '91 days')",
  );
  const client = await engine.database.connect();
  await client.query("set role parley_worker");
  const withClient = <Result>(use: (own: PoolClient) => Promise<Result>) =>
    use(client as unknown as PoolClient);
  await upkeep.upkeep.run({ withClient, signal: new AbortController().signal, log: silentLog });
  const { rows } = await engine.pool.query(
    "select event_id::int as days, answer from outbound.attempts order by event_id",
  );
  expect(rows).toEqual([
    { days: 1, answer: "said" },
    { days: 6, answer: "said" },
    { days: 8, answer: null },
    { days: 29, answer: null },
  ]);
  expect(await left()).toMatchObject({ destinations: 1, attempts: 4 });
  expect(await engine.one("select count(*)::int from outbound.mailed")).toEqual({ count: 0 });
});
