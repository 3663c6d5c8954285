import { expect, it, onTestFinished } from "vitest";
import { until } from "../../setup/until.ts";
import { httpAdapter } from "./http-adapter.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

it("delivers each event once to each destination that wants it", async () => {
  const [all, started, other] = [await receiver(), await receiver(), await receiver()];
  await engine.destination({ url: all.url });
  await engine.destination({ url: started.url, events: ["chat.started"] });
  await engine.destination({ url: other.url, account: 2 });
  await engine.work();
  const ids = await engine.put(20);
  const ended = await engine.put(3, { name: "chat.ended" });
  await engine.untilDelivered();
  expect(all.taken.map(({ eventId }) => eventId).sort((a, b) => a - b)).toEqual([...ids, ...ended]);
  expect(started.taken.map(({ eventId }) => eventId).sort((a, b) => a - b)).toEqual(ids);
  expect(other.received).toEqual([]);
});

it("delivers those of one key in order, one at a time, and other keys beside them", async () => {
  const peer = await receiver(async ({ data }) => {
    await new Promise((resolve) => setTimeout(resolve, data.n % 7));
    return 200;
  });
  await engine.destination({ url: peer.url, concurrency: 20 });
  await engine.work();
  await engine.put(300, { keyOf: (n) => `key ${n % 10}` });
  await engine.untilDelivered();
  expect(peer.taken).toHaveLength(300);
  for (let key = 0; key < 10; key++) {
    const numbers = peer.taken.filter((one) => one.key === `key ${key}`).map(({ data }) => data.n);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  expect(peer.most).toBeGreaterThan(5);
  expect(peer.most).toBeLessThanOrEqual(10);
});

it("has no more under way than the destination's concurrency", async () => {
  const peer = await receiver(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 200;
  });
  await engine.destination({ url: peer.url, concurrency: 3 });
  await engine.work();
  await engine.put(60);
  await engine.untilDelivered();
  expect(peer.most).toBe(3);
});

it("sends no more a second than the destination's rate", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url, rate: 20 });
  await engine.work();
  await engine.put(20);
  await engine.untilDelivered();
  const times = peer.taken.map(({ at }) => at);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(850);
});

it("notes each attempt, with status and duration, and of the answer to a failure a cut", async () => {
  const peer = await receiver(
    ({ attempt }, response) => void response.writeHead(attempt === 1 ? 409 : 200).end(`\0${"ä".repeat(600)}`),
  );
  const destination = await engine.destination({ url: peer.url });
  await engine.work();
  const [event] = await engine.put(1);
  await engine.untilDelivered();
  const { rows } = await engine.pool.query(
    `select event_id::float8 as event, event_name, attempt, outcome, status, answer, duration_ms is not null as timed
     from outbound.attempts where destination_id = $1 order by id`,
    [destination],
  );
  const noted = { event, event_name: "chat.started", timed: true };
  expect(rows).toEqual([
    { ...noted, attempt: 1, outcome: "failed", status: 409, answer: "ä".repeat(512) },
    { ...noted, attempt: 2, outcome: "delivered", status: 200, answer: null },
  ]);
});

it("keeps answers to successes only where that is asked for", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.pool.query("update outbound.settings set keep_answers_of_delivered = true");
  onTestFinished(
    async () =>
      void (await engine.pool.query("update outbound.settings set keep_answers_of_delivered = default")),
  );
  await engine.work();
  await engine.put(1);
  await engine.untilDelivered();
  expect(await engine.one("select answer from outbound.attempts")).toEqual({ answer: "answer 200" });
});

it("two workers share the destinations, and each is held by one of them", async () => {
  const peer = await receiver();
  const destinations = await Promise.all(
    Array.from({ length: 6 }, () => engine.destination({ url: peer.url, concurrency: 1 })),
  );
  await engine.work();
  await engine.work();
  await engine.put(50);
  await engine.untilDelivered();
  expect(peer.taken).toHaveLength(300);
  expect(new Set(peer.taken.map(({ id }) => id)).size).toBe(300);
  await until("both hold some", async () => {
    await engine.put(1);
    const { held } = await engine.one<{ held: number[] }>(
      `select array_agg(distinct pid) as held from pg_locks where locktype = 'advisory' and classid = 1346458187 and objid = any ($1)
         and database = (select oid from pg_database where datname = current_database())`,
      [destinations],
    );
    return held?.length === 2;
  });
});

it("has fewer large documents in hand than small ones", async () => {
  const accepted = Promise.withResolvers<void>();
  const peer = await receiver(async () => {
    await accepted.promise;
    return 200;
  });
  const elsewhere = await receiver();
  await engine.destination({ url: peer.url, concurrency: 80, events: ["chat.started"] });
  await engine.destination({ url: elsewhere.url, events: ["chat.ended"] });
  await engine.pool.query(
    `insert into broker.events (name, data, key)
     select 'chat.started', jsonb_build_object('SiteId', 1, 'n', n, 'text', repeat('x', 1024 * 1024)), 'large ' || n
     from generate_series(1, 80) n`,
  );
  await engine.work({ adapter: httpAdapter({ timeoutSeconds: 60 }) });
  await until("all are accepted", async () => {
    const { count } = await engine.one<{ count: number }>("select count(*)::int from outbound.deliveries");
    return count === 80;
  });
  // Each delivery elsewhere is a round in which more could be taken in hand.
  for (let round = 1; round <= 5; round++) {
    await engine.put(1, { name: "chat.ended" });
    await until("the other destination has its own", () => elsewhere.taken.length === round);
  }
  accepted.resolve();
  await engine.untilDelivered(30_000);
  expect(peer.taken).toHaveLength(80);
  expect(peer.most).toBeLessThanOrEqual(40);
}, 60_000);
