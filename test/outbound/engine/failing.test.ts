import { expect, it } from "vitest";
import type { Delivery } from "../../../src/outbound/adapter.ts";
import { until } from "../../setup/until.ts";
import { httpAdapter } from "./http-adapter.ts";
import { freePort, receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

const outcomes = async () =>
  (await engine.pool.query("select outcome::text from outbound.attempts order by started_at, id")).rows.map(
    ({ outcome }) => outcome,
  );

it("a failure is retried by the adapter's schedule, and others of its key wait behind it", async () => {
  const peer = await receiver(({ data, attempt }) => (data.n === 0 && attempt < 3 ? 409 : 200));
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(5, { keyOf: (n) => (n < 3 ? "one" : "other") });
  await engine.untilDelivered();
  const one = peer.received.filter(({ key }) => key === "one");
  expect(one.map(({ data, attempt }) => [data.n, attempt])).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 1],
    [2, 1],
  ]);
  expect(one[1]!.at - one[0]!.at).toBeGreaterThanOrEqual(45);
  expect(one[2]!.at - one[1]!.at).toBeGreaterThanOrEqual(90);
  expect(new Set(one.slice(0, 3).map(({ id }) => id)).size).toBe(1);
  // The other key did not wait.
  expect(peer.taken.slice(0, 2).map(({ key }) => key)).toEqual(["other", "other"]);
});

it("many behind a retry come in order, whatever fails among them", async () => {
  const peer = await receiver(({ data, attempt }) => (data.n % 40 === 0 && attempt === 1 ? 409 : 200));
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(250, { keyOf: () => "one" });
  await engine.untilDelivered(20_000);
  expect(peer.taken.map(({ data }) => data.n)).toEqual(Array.from({ length: 250 }, (_, n) => n));
});

it("what is rejected goes to the error queue with its destination, and comes again by a redrive, to that one only", async () => {
  let refuses = true;
  const strict = await receiver(({ data }) => (refuses && data.n === 1 ? 400 : 200));
  const easy = await receiver();
  const destination = await engine.destination({ url: strict.url, name: "strict" });
  await engine.destination({ url: easy.url });
  await engine.work();
  const ids = await engine.put(3, { keyOf: () => "one" });
  await engine.untilDelivered();
  expect(strict.taken.map(({ data }) => data.n)).toEqual([0, 2]);
  const error = await engine.one<{ id: number }>(
    `select e.id::float8, q.name as queue, e.event_id::float8 as event, e.error_code, e.error, e.attempts, e.data ->> 'n' as n
     from broker.error_messages e join broker.queues q on q.id = e.queue_id`,
  );
  expect(error).toMatchObject({
    queue: "WebHookQueue",
    event: ids[1],
    error_code: "PA073",
    error: `destination ${destination} "strict": it refuses this one`,
    attempts: 1,
    n: "1",
  });
  expect(
    await engine.one(
      "select data ->> 'ErrorMessageId' as id from broker.events where name = 'Error' order by id desc limit 1",
    ),
  ).toEqual({ id: String(error.id) });

  refuses = false;
  // Even if nobody remembers who has had it.
  await engine.pool.query("delete from outbound.attempts");
  await engine.one("select broker.redrive(ids => array[$1::bigint])", [error.id]);
  await until("it is delivered", () => strict.taken.length === 3);
  expect(strict.taken.at(-1)!.id).toBe(strict.received.find(({ data }) => data.n === 1)!.id);
  await engine.untilDelivered();
  expect(easy.received).toHaveLength(3);
});

it("after its last attempt a delivery goes to the error queue, and its key flows again", async () => {
  const peer = await receiver(({ data }) => (data.n === 0 ? 409 : 200));
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(2, { keyOf: () => "one" });
  await engine.untilDelivered();
  expect(peer.received.map(({ data, attempt }) => [data.n, attempt])).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [0, 4],
    [1, 1],
  ]);
  expect(await engine.one("select attempts, error_code from broker.error_messages")).toEqual({
    attempts: 4,
    error_code: "PA073",
  });
  expect(await outcomes()).toEqual(["failed", "failed", "failed", "rejected", "delivered"]);
});

it("data that does not fit the adapter's schema is rejected before anything is called", async () => {
  const { z } = await import("zod");
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.work({
    adapter: httpAdapter({ schemas: { "chat.started": z.object({ n: z.number().min(1, "1 at least") }) } }),
  });
  await engine.put(2);
  await engine.untilDelivered();
  expect(peer.received.map(({ data }) => data.n)).toEqual([1]);
  expect(
    await engine.one("select error_code, error like '%n: 1 at least' as says_why from broker.error_messages"),
  ).toEqual({
    error_code: "PA020",
    says_why: true,
  });
});

it("an adapter that never ends is given up after its time, and the destination counts as down", async () => {
  let hangs = true;
  const adapter = httpAdapter({ timeoutSeconds: 0.1 });
  const deliver = adapter.deliver;
  await engine.destination({ url: (await receiver()).url });
  await engine.work({
    adapter: { ...adapter, deliver: (...args) => (hangs ? new Promise(() => {}) : deliver(...args)) },
  });
  await engine.put(1);
  await until("it is given up", async () => (await outcomes()).includes("down"));
  hangs = false;
  await engine.untilDelivered();
  expect(await engine.one("select error_code from outbound.attempts where outcome = 'down' limit 1")).toEqual(
    { error_code: "PA064" },
  );
});

it("a destination that nobody answers at opens its circuit: all that waits keeps its attempts, and one delivery probes", async () => {
  const port = await freePort();
  const destination = await engine.destination({ url: `http://127.0.0.1:${port}/`, concurrency: 2 });
  await engine.work();
  await engine.put(50);
  const opened =
    "select circuit_opened_at is not null as opened, probes, error_code, failing_since is not null as failing from outbound.destinations where id = $1";
  await until(
    "the circuit opens",
    async () => (await engine.one<{ opened: boolean }>(opened, [destination])).opened,
    20_000,
  );
  expect(await engine.one(opened, [destination])).toMatchObject({ error_code: "PA070", failing: true });
  expect(
    await engine.one("select max(attempts) as attempts, count(*)::int from outbound.deliveries"),
  ).toEqual({ attempts: 0, count: 50 });
  const peer = await receiver(() => 200, port);
  await engine.untilDelivered(20_000);
  expect(peer.taken).toHaveLength(50);
  await until("it works", async () => !(await engine.one<{ opened: boolean }>(opened, [destination])).opened);
});

it("one delivery that always takes its destination down ends in the error queue, as others get through", async () => {
  const peer = await receiver(({ data }) => (data.n === 0 ? 503 : 200));
  await engine.destination({ url: peer.url, concurrency: 4 });
  await engine.work();
  await engine.put(20);
  await until(
    "the first is in the error queue",
    async () => {
      await engine.put(1, { from: 1 });
      const { errors } = await engine.one<{ errors: number }>(
        "select count(*)::int as errors from broker.error_messages",
      );
      return errors > 0;
    },
    20_000,
  );
  await engine.untilDelivered();
  expect(peer.taken.some(({ data }) => data.n === 0)).toBe(false);
});

it("one dead destination does not delay another", async () => {
  const port = await freePort();
  await engine.destination({ url: `http://127.0.0.1:${port}/` });
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(100);
  await until("the living one has all", () => peer.taken.length === 100);
});

it("settings that its adapter does not know make a destination wait, and an Error event says so once", async () => {
  const peer = await receiver();
  const destination = await engine.destination({ settings: { uri: peer.url } });
  await engine.work();
  await engine.put(3);
  const row = () =>
    engine.one<{ misconfigured: string | null }>(
      "select misconfigured from outbound.destinations where id = $1",
      [destination],
    );
  await until("it is found out", async () => (await row()).misconfigured !== null);
  expect((await row()).misconfigured).toMatch(/^unusable settings of webhook: .*url/);
  await engine.put(3);
  await engine.drain();
  expect(
    await engine.one(
      "select count(*)::int as told, min(data ->> 'Code') as code from broker.events where name = 'Error' and data ->> 'DestinationId' = $1::text",
      [String(destination)],
    ),
  ).toEqual({ told: 1, code: "PA060" });
  await engine.pool.query("update outbound.destinations set settings = $2 where id = $1", [
    destination,
    { url: peer.url },
  ]);
  await until("all are delivered", () => peer.taken.length === 6);
  expect(await row()).toEqual({ misconfigured: null });
});

it("what was wrong with the settings is not said any more once they can be used, nor what failed before", async () => {
  const peer = await receiver();
  const destination = await engine.destination({ url: peer.url });
  await engine.pool.query(
    "update outbound.destinations set failing_since = now(), failed_at = now(), error_code = 'PA070', error = 'no connection'",
  );
  const said = () =>
    engine.one(
      "select state, error_code, error, failing_since from outbound.destination_states where id = $1",
      [destination],
    );
  await engine.one("select outbound.record_misconfiguration($1, 'PA062', 'a key is missing')", [destination]);
  expect(await said()).toEqual({
    state: "misconfigured",
    error_code: "PA062",
    error: "a key is missing",
    failing_since: null,
  });
  await engine.put(1);
  await engine.drain();
  expect(await said()).toEqual({ state: "works", error_code: null, error: null, failing_since: null });
});

it("an answer that is not the JSON it should be is not quoted, nor as the cause of an error", async () => {
  await engine.destination();
  const unreadable = () => JSON.parse("tell-nobody");
  const deliver = async ({ data }: Delivery) => {
    if ((data as { n: number }).n === 0) return unreadable();
    try {
      return unreadable();
    } catch (cause) {
      throw new Error("it was not taken", { cause });
    }
  };
  await engine.work({ adapter: httpAdapter({ retryAfterSeconds: [], deliver }) });
  await engine.put(2);
  await engine.untilDelivered();
  const { rows } = await engine.pool.query("select error from outbound.attempts order by event_id");
  expect(rows).toEqual([
    { error: "the answer could not be read as JSON" },
    { error: "it was not taken: the answer could not be read as JSON" },
  ]);
});

it("a destination that is switched off gets nothing until it is switched on, and then what waited", async () => {
  const peer = await receiver(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 200;
  });
  const destination = await engine.destination({ url: peer.url, concurrency: 1 });
  await engine.work();
  await engine.put(100);
  await until("it gets some", () => peer.taken.length > 3);
  await engine.pool.query("update outbound.destinations set enabled = false where id = $1", [destination]);
  const held = `select count(*)::int as held from pg_locks where locktype = 'advisory' and classid = 1346458187
       and database = (select oid from pg_database where datname = current_database())`;
  await until("nobody holds it", async () => (await engine.one<{ held: number }>(held)).held === 0);
  const before = peer.received.length;
  expect(before).toBeLessThan(100);
  await engine.pool.query("update outbound.destinations set enabled = true where id = $1", [destination]);
  await engine.untilDelivered();
  expect(peer.taken.map(({ data }) => data.n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it("a destination that has failed for long enough is switched off, with an Error event", async () => {
  const [failing, old] = [await engine.destination(), await engine.destination()];
  await engine.pool.query(
    `update outbound.destinations set failing_since = now() - interval '4 days', failed_at = case id when $1 then now() else now() - interval '3.9 days' end,
       error_code = 'PA070', error = 'no connection' where id in ($1, $2)`,
    [failing, old],
  );
  expect(await engine.one("select array(select outbound.switch_off_failing()) as ids")).toEqual({
    ids: [failing],
  });
  expect(
    await engine.one(
      "select enabled, switched_off_at is not null as is_off from outbound.destinations where id = $1",
      [failing],
    ),
  ).toEqual({
    enabled: false,
    is_off: true,
  });
  expect(
    await engine.one(
      "select data ->> 'Code' as code, data ->> 'Error' as error from broker.events where name = 'Error' order by id desc limit 1",
    ),
  ).toMatchObject({ code: "PA067", error: expect.stringContaining("PA070: no connection") });
  await engine.pool.query("update outbound.destinations set enabled = true where id = $1", [failing]);
  expect(
    await engine.one(
      "select failing_since, switched_off_at, error from outbound.destinations where id = $1",
      [failing],
    ),
  ).toEqual({
    failing_since: null,
    switched_off_at: null,
    error: null,
  });
});

it("whatever an error says, wherever it has to be cut, it is noted and holds up nobody", async () => {
  let attempts = 0;
  const adapter = httpAdapter({
    retryAfterSeconds: [],
    deliver: async () => {
      attempts++;
      throw Object.assign(new Error(`${"x".repeat(1999)}\u{1f600}`), { code: `${"C".repeat(19)}\u{1f600}` });
    },
  });
  await engine.destination();
  await engine.work({ adapter });
  await engine.put(1);
  await engine.untilDelivered();
  expect(attempts).toBe(1);
  expect(await outcomes()).toEqual(["rejected"]);
});

/** A delivery whose retry another dispatcher has noted, and one that is held behind it. */
async function heldBehind(destination: number): Promise<{ event: number; id: number; behind: number }> {
  const { rows } = await engine.pool.query(
    `insert into outbound.deliveries (destination_id, id, kind, event_id, key, state, attempts, due_at)
     select $1, nextval('broker.message_id_seq'), 'webhook', e, 'one', s::outbound.delivery_state, 1, at::timestamptz
     from (values (1, 'retry', '2020-01-01'), (2, 'behind', 'infinity')) as v (e, s, at)
     returning id::float8`,
    [destination],
  );
  return { event: 1, id: rows[0].id, behind: rows[1].id };
}

const settle = (destination: number, { id, event }: { id: number; event: number }, more: object) =>
  engine.pool.query("select outbound.settle('webhook', $1)", [
    JSON.stringify([
      {
        destination_id: destination,
        id,
        event_id: event,
        event_name: "chat.started",
        key: "one",
        attempt: 1,
        started_at: new Date(),
        duration_ms: 1,
        ...more,
      },
    ]),
  ]);

const dueAt = async (id: number) =>
  (
    await engine.one<{ due: string }>("select due_at::text as due from outbound.deliveries where id = $1", [
      id,
    ])
  ).due;

it("a delivery that is told late, after it failed elsewhere, lets go what was held behind it", async () => {
  const destination = await engine.destination();
  const held = await heldBehind(destination);
  // Its first attempt: nothing was held behind it when this dispatcher lost its connection.
  await settle(destination, held, { outcome: "delivered", delayed: false });
  expect(await dueAt(held.behind)).toBe("-infinity");
});

it("a failure that is told of a delivery that has been made holds nothing behind it", async () => {
  const destination = await engine.destination();
  const held = await heldBehind(destination);
  await settle(destination, held, { outcome: "delivered", delayed: true });
  await settle(destination, held, { outcome: "failed", delayed: true, retry_in_s: 5 });
  expect(await dueAt(held.behind)).toBe("-infinity");
});
