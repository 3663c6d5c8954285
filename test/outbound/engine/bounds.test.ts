import { expect, it, onTestFinished } from "vitest";
import { ByteBudget } from "../../../src/outbound/byte-budget.ts";
import { until } from "../../setup/until.ts";
import { dispatchBy, fastClock } from "./fast-clock.ts";
import { httpAdapter } from "./http-adapter.ts";
import { type Receiver, receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

it.each([
  ["rate_per_second", "'NaN'"],
  ["rate_per_second", "'Infinity'"],
  ["rate_per_second", "0"],
  ["rate_per_second", "10001"],
  ["concurrency", "0"],
  ["concurrency", "101"],
])("%s cannot be %s", async (column, value) => {
  const destination = await engine.destination();
  await expect(
    engine.pool.query(`update outbound.destinations set ${column} = ${value} where id = $1`, [destination]),
  ).rejects.toMatchObject({ code: "23514", constraint: expect.stringMatching(/rate_up_to_10000|1_to_100/) });
});

it("an account has no more destinations than settings.destinations_per_account, removed ones aside", async () => {
  await engine.pool.query("update outbound.settings set destinations_per_account = 3");
  onTestFinished(
    async () =>
      void (await engine.pool.query("update outbound.settings set destinations_per_account = default")),
  );
  const ids = [await engine.destination(), await engine.destination(), await engine.destination()];
  await expect(engine.destination()).rejects.toMatchObject({
    code: "PA069",
    message: "account 1 has 3 destinations, and may have no more",
  });
  await engine.destination({ account: 2 });
  await engine.one("select outbound.remove_destination($1)", [ids[0]]);
  await engine.destination();
});

it("two that add to an account at the same time do not exceed its limit together", async () => {
  await engine.pool.query("update outbound.settings set destinations_per_account = 5");
  onTestFinished(
    async () =>
      void (await engine.pool.query("update outbound.settings set destinations_per_account = default")),
  );
  const added = await Promise.allSettled(Array.from({ length: 12 }, () => engine.destination()));
  expect(added.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
});

it("a destination that is down for years goes on being probed", async () => {
  const destination = await engine.destination();
  await engine.pool.query(
    `update outbound.destinations set failing_since = now() - interval '3 years', circuit_opened_at = now() - interval '3 years',
       probe_at = now() - interval '1 second', probes = 40000 where id = $1`,
    [destination],
  );
  await engine.put(1);
  await engine.drain();
  expect(
    await engine.one("select probes, probe_at > now() as later from outbound.destinations where id = $1", [
      destination,
    ]),
  ).toEqual({ probes: 40001, later: true });
});

it("all destinations of a process together have no more documents in hand than it can bear", async () => {
  const answered = Promise.withResolvers<void>();
  const peers: Receiver[] = [];
  for (let n = 0; n < 10; n++) {
    const peer = await receiver(async () => {
      await answered.promise;
      return 200;
    });
    await engine.destination({ url: peer.url, concurrency: 20 });
    peers.push(peer);
  }
  await engine.pool.query(
    `insert into broker.events (name, data, key)
     select 'chat.started', jsonb_build_object('SiteId', 1, 'n', n, 'text', repeat('x', 1024 * 1024)), 'large ' || n
     from generate_series(1, 20) n`,
  );
  const budget = new ByteBudget(30 * 1024 * 1024);
  budget.note(1024 * 1024);
  const accepted = engine.one<{ made: number }>(
    `select outbound.accept('webhook', array_agg(1::bigint), array_agg(e.id order by e.id), array_agg(e.name order by e.id),
       array_agg(e.key order by e.id)) as made from broker.events e where e.data ? 'text'`,
  );
  expect(await accepted).toEqual({ made: 200 });
  await engine.pool.query(`delete from broker."WebHookQueue"`);
  const dispatcher = dispatchBy(
    fastClock(1),
    engine.database.url,
    httpAdapter({ timeoutSeconds: 60 }),
    budget,
  );
  onTestFinished(() => dispatcher.stop());
  await until("each has one at least", () => peers.every(({ received }) => received.length > 0), 30_000);
  const underWay = peers.reduce((sum, { received }) => sum + received.length, 0);
  expect(underWay).toBeLessThanOrEqual(30 + peers.length);
  answered.resolve();
  await engine.untilDelivered(60_000);
  expect(peers.map(({ taken }) => taken.length)).toEqual(peers.map(() => 20));
  // What was taken has been given back.
  await until("nothing is in hand", () => budget.left === 30 * 1024 * 1024);
}, 120_000);
