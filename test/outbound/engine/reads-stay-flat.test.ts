import { expect, it } from "vitest";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();
const MANY = 200_000;

/** Pages that a call touches. */
async function pagesOf(call: string, values: unknown[]): Promise<number> {
  const client = await engine.database.connect();
  // Once without, so that the plans are there.
  for (let round = 0; round < 2; round++) {
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${call}`, values);
    const plan = rows[0]["QUERY PLAN"][0].Plan;
    if (round === 1) return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  }
  return Number.NaN;
}

const insert = (destination: number, from: number, count: number, more = "") =>
  engine.pool.query(
    `insert into outbound.deliveries (destination_id, id, kind, event_id, key, state, due_at)
     select $1, n, 'webhook', n, 'key ' || n % 1000, ${more || "'ready', null"} from generate_series($2::bigint, $2::bigint + $3 - 1) n`,
    [destination, from, count],
  );

it("what waits for one destination costs no other a page, nor itself: receive, settle and look", async () => {
  const dead = await engine.destination();
  const living = await engine.destination();
  await insert(dead, 1, MANY);
  await insert(
    dead,
    MANY + 1,
    MANY,
    "case when n % 2 = 0 then 'retry' else 'behind' end::outbound.delivery_state, 'infinity'",
  );
  await insert(living, 2 * MANY + 1, 100);
  // No analyze: plans must not depend on it.
  const receive =
    "select * from outbound.receive(array[$1::int], array[$2::bigint], array[20], '{}', array[true])";
  expect(await pagesOf(receive, [living, 0])).toBeLessThan(400);
  expect(await pagesOf(receive, [dead, 0])).toBeLessThan(800);
  expect(await pagesOf("select * from outbound.look('webhook', $1)", [2 * MANY])).toBeLessThan(50);
  expect(
    await pagesOf("select * from outbound.due_in(array[$1::int, $2::int], '{}')", [dead, living]),
  ).toBeLessThan(50);

  await engine.pool.query("analyze outbound.deliveries");
  const states = "select * from outbound.destination_states where id = $1";
  expect(await pagesOf(states, [living])).toBeLessThan(100);
  expect(await pagesOf(states, [dead])).toBeLessThan(2000);

  const outcomes = (destination: number, from: number, outcome: string) =>
    JSON.stringify(
      Array.from({ length: 10 }, (_, n) => ({
        destination_id: destination,
        id: from + n,
        event_id: from + n,
        event_name: "chat.started",
        key: `key ${(from + n) % 1000}`,
        attempt: 1,
        delayed: true,
        started_at: new Date(),
        duration_ms: 1,
        outcome,
        retry_in_s: 5,
      })),
    );
  const settle = "select outbound.settle('webhook', $1)";
  expect(await pagesOf(settle, [outcomes(living, 2 * MANY + 1, "delivered")])).toBeLessThan(1500);
  expect(await pagesOf(settle, [outcomes(dead, 1, "delivered")])).toBeLessThan(8000);
  expect(await pagesOf(settle, [outcomes(dead, 11, "failed")])).toBeLessThan(8000);
}, 120_000);

it("a held snapshot does not make reads crawl over what has been delivered", async () => {
  const destination = await engine.destination();
  // Above what the other test has left.
  await insert(destination, 1_000_001, 50_000);
  const holder = await engine.database.connect();
  await holder.query("begin isolation level repeatable read; select 1 from outbound.deliveries limit 1");
  await engine.pool.query("delete from outbound.deliveries where destination_id = $1 and id < 1049990", [
    destination,
  ]);
  const receive =
    "select * from outbound.receive(array[$1::int], array[$2::bigint], array[20], '{}', array[true])";
  expect(await pagesOf(receive, [destination, 1_049_980])).toBeLessThan(300);
  expect(await pagesOf("select * from outbound.look('webhook', $1)", [1_049_980])).toBeLessThan(50);
  await holder.query("rollback");
});
