import { expect, it, onTestFinished } from "vitest";
import { until } from "../../setup/until.ts";
import { dispatchBy, fastClock } from "./fast-clock.ts";
import { httpAdapter } from "./http-adapter.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

const HOUR = 3600_000;
const CONCURRENCY = 16;

it("after an hour of outage everything is delivered, in order per key, without a thundering herd", async () => {
  const clock = fastClock(400);
  const startedAt = clock.now();
  const isAway = () => clock.now() < startedAt + HOUR;
  let underWay = 0;
  const underWayAtStart: number[] = [];
  const peer = await receiver(async () => {
    if (isAway()) return 503;
    underWayAtStart.push(++underWay);
    await new Promise((resolve) => setTimeout(resolve, 15));
    underWay--;
    return 200;
  });
  const destination = await engine.destination({ url: peer.url, concurrency: CONCURRENCY });
  const healthy = await receiver();
  await engine.destination({ url: healthy.url });
  const events = await engine.put(200, { keyOf: (n) => `key ${n % 20}` });
  await engine.pool.query(
    `select outbound.accept('webhook', array_agg(1::bigint), array_agg(e.id order by e.id), array_agg(e.name order by e.id), array_agg(e.key order by e.id)) from broker.events e where e.id = any ($1)`,
    [events],
  );
  await engine.pool.query(`delete from broker."WebHookQueue"`);

  const dispatcher = dispatchBy(clock, engine.database.url, httpAdapter({ timeoutSeconds: 7200 }));
  onTestFinished(() => dispatcher.stop());
  await until("the others have theirs", () => healthy.taken.length === 200, 10_000);
  expect(isAway()).toBe(true);
  await until("the hour is over", () => !isAway(), 20_000);
  const probes = peer.received.length;
  // Those that opened the circuit, and a probe every five minutes at last.
  expect(probes).toBeGreaterThan(10);
  expect(probes).toBeLessThan(CONCURRENCY + 35);
  const { attempts } = await engine.one<{ attempts: number }>(
    "select max(attempts) as attempts from outbound.deliveries where destination_id = $1",
    [destination],
  );
  expect(attempts).toBe(0);

  await engine.untilDelivered(20_000);
  expect(peer.taken).toHaveLength(200);
  for (let key = 0; key < 20; key++) {
    const numbers = peer.taken.filter((one) => one.key === `key ${key}`).map(({ data }) => data.n);
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, n) => n * 20 + key));
  }
  // One, then two at a time, then four, ...
  const most = (from: number, to: number) => Math.max(...underWayAtStart.slice(from, to));
  expect(most(0, 1)).toBe(1);
  expect(most(0, 3)).toBeLessThanOrEqual(2);
  expect(most(0, 7)).toBeLessThanOrEqual(4);
  expect(most(0, 15)).toBeLessThanOrEqual(8);
  expect(most(0, 200)).toBeLessThanOrEqual(CONCURRENCY);
  expect(
    await engine.one("select failing_since, circuit_opened_at from outbound.destinations where id = $1", [
      destination,
    ]),
  ).toEqual({
    failing_since: null,
    circuit_opened_at: null,
  });
}, 60_000);
