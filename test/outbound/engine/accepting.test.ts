import { expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

const deliveries = () =>
  engine
    .one<{ count: number }>("select count(*)::int as count from outbound.deliveries")
    .then(({ count }) => count);

it("an event that was accepted already is not accepted again", async () => {
  const destination = await engine.destination();
  const accept = () =>
    engine.one<{ made: number }>(
      "select outbound.accept('webhook', '{1}', '{7}', '{chat.started}', '{null}') as made",
    );
  expect(await accept()).toEqual({ made: 1 });
  expect(await accept()).toEqual({ made: 0 });
  expect(await engine.one("select destination_id, event_id::int from outbound.deliveries")).toEqual({
    destination_id: destination,
    event_id: 7,
  });
});

it("a replay reaches destinations that have not had the event, and no other", async () => {
  const [before, after] = [await receiver(), await receiver()];
  await engine.destination({ url: before.url });
  await engine.put(5);
  await engine.drain();
  await engine.destination({ url: after.url });
  await engine.one("select broker.replay('WebHookQueue', now() - interval '1 hour')");
  await engine.drain();
  expect(before.received).toHaveLength(5);
  expect(after.received.length).toBeGreaterThanOrEqual(5);
});

it("an event without an account, of an unknown one, or of one without destinations is done at once", async () => {
  await engine.destination({ account: 1 });
  await engine.pool.query(
    `insert into broker.events (name, data) values ('chat.started', '{}'), ('chat.started', '[]'),
       ('chat.started', '{"SiteId": "x"}'), ('chat.started', '{"SiteId": 99999999999}'), ('chat.started', '{"SiteId": 424242}')`,
  );
  await engine.drain();
  expect(await deliveries()).toBe(0);
  expect(await engine.one(`select count(*)::int from broker."WebHookQueue"`)).toEqual({ count: 0 });
  expect(await engine.one("select count(*)::int from broker.error_messages")).toEqual({ count: 0 });
});

it("knows the account however its member is spelled", async () => {
  await engine.destination({ account: 1 });
  await engine.pool.query(
    `insert into broker.events (name, data) values ('chat.started', '{"siteId": 1}'), ('chat.started', '{"SiteId": "1"}')`,
  );
  await engine.drain();
  expect(await deliveries()).toBe(2);
});

it("nothing is accepted for a disabled destination", async () => {
  await engine.destination({ enabled: false });
  await engine.put(1);
  await engine.drain();
  expect(await deliveries()).toBe(0);
});

it("redriven events of one key are accepted in the order in which they come, among new ones", async () => {
  await engine.destination();
  const events = Array.from({ length: 30 }, (_, n) => n + 1);
  // Rejected long ago, in whatever order, and sent again by a redrive: their errors are gone.
  await engine.pool.query(
    `insert into outbound.deliveries (destination_id, id, kind, event_id, key, state, error_id)
     select d.id, nextval('broker.message_id_seq'), 'webhook', e, 'one', 'rejected', e from outbound.destinations d,
       unnest($1::bigint[]) e`,
    [events.filter((n) => n % 3 > 0).toReversed()],
  );
  const names = events.map(() => "chat.started");
  expect(
    await engine.one(
      "select outbound.accept('webhook', array_fill(1::bigint, array[30]), $1, $2, array_fill('one'::text, array[30])) as made",
      [events, names],
    ),
  ).toEqual({ made: 30 });
  const { rows } = await engine.pool.query(
    "select event_id::int, state::text from outbound.deliveries order by id",
  );
  expect(rows).toEqual(events.map((event_id) => ({ event_id, state: "ready" })));
});

it("an event that failed at several destinations, and is redriven for each, is delivered once to each", async () => {
  let refuses = true;
  const peers = [
    await receiver(() => (refuses ? 400 : 200)),
    await receiver(() => (refuses ? 400 : 200)),
    await receiver(),
  ];
  for (const { url } of peers) await engine.destination({ url });
  await engine.put(1);
  await engine.drain();
  expect(await engine.one("select count(*)::int from broker.error_messages")).toEqual({ count: 2 });
  refuses = false;
  await engine.one("select broker.redrive(queue => 'WebHookQueue')");
  await engine.drain();
  expect(peers.map(({ taken }) => taken.length)).toEqual([1, 1, 1]);
});

it("a delivery that is committed late, below later ones, is found", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(1);
  await until("the first is delivered", () => peer.taken.length === 1);

  const late = await engine.database.connect();
  await late.query("begin");
  const { rows } = await late.query(
    "insert into broker.events (name, data) values ('chat.ended', '{\"SiteId\": 1, \"n\": -1}') returning id::float8",
  );
  await late.query(`delete from broker."WebHookQueue" where event_id = $1`, [rows[0].id]);
  await late.query(
    "select outbound.accept('webhook', '{1}', array[$1::bigint], '{chat.started}', '{null}')",
    [rows[0].id],
  );
  await engine.put(20);
  await until("later ones are delivered", () => peer.taken.length === 21);
  await late.query("commit");
  await until("the late one is delivered", () => peer.taken.some(({ eventId }) => eventId === rows[0].id));
});
