import { expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

it("delivers one event, or those of a time range, once more under the same ids", async () => {
  const [peer, other] = [await receiver(), await receiver()];
  const destination = await engine.destination({ url: peer.url });
  await engine.destination({ url: other.url });
  await engine.work();
  const ids = await engine.put(5);
  await engine.untilDelivered();
  expect(
    await engine.one("select outbound.redeliver($1, event_id => $2)::int as count", [destination, ids[2]]),
  ).toEqual({ count: 1 });
  await until("it is delivered again", () => peer.taken.length === 6);
  await engine.untilDelivered();
  const again = peer.taken.filter(({ eventId }) => eventId === ids[2]);
  expect(again.map(({ id }) => id)).toEqual([again[0]!.id, again[0]!.id]);
  expect(
    await engine.one("select outbound.redeliver($1, since => now() - interval '1 hour')::int as count", [
      destination,
    ]),
  ).toEqual({ count: 5 });
  await until("all are delivered again", () => peer.taken.length === 11);
  expect(other.received).toHaveLength(5);
});

it("an event of another account, or that is gone, or a missing destination is refused", async () => {
  const destination = await engine.destination({ account: 1 });
  const [foreign] = await engine.put(1, { account: 2 });
  await engine.drain();
  const redeliver = (id: number, event?: number) =>
    engine.one("select outbound.redeliver($1, event_id => $2)", [id, event]);
  await expect(redeliver(destination, foreign)).rejects.toMatchObject({ code: "PA066" });
  await expect(redeliver(destination, 123456789)).rejects.toMatchObject({ code: "PA066" });
  await expect(redeliver(999999, foreign)).rejects.toMatchObject({ code: "PA063" });
  await expect(redeliver(destination)).rejects.toMatchObject({ code: "PA008" });
});

it("what waits already is left as it is", async () => {
  const destination = await engine.destination();
  await engine.pool.query("select broker.pause_queue('WebHookQueue')");
  const [event] = await engine.put(1);
  await engine.one(
    "select outbound.accept('webhook', '{1}', array[$1::bigint], '{chat.started}', '{null}')",
    [event],
  );
  expect(
    await engine.one("select outbound.redeliver($1, event_id => $2)::int as count", [destination, event]),
  ).toEqual({ count: 0 });
  await engine.pool.query("select broker.resume_queue('WebHookQueue')");
});

it("events that a destination waits for are kept beyond the retention of the log", async () => {
  await engine.destination();
  const [event] = await engine.put(1);
  await engine.one(
    "select outbound.accept('webhook', '{1}', array[$1::bigint], '{chat.started}', '{null}')",
    [event],
  );
  await engine.pool.query(`delete from broker."WebHookQueue"`);
  const needed = () => engine.one("select broker._is_needed($1::bigint, $1::bigint + 1) as needed", [event]);
  expect(await needed()).toEqual({ needed: true });
  await engine.pool.query("delete from outbound.deliveries");
  expect(await needed()).toEqual({ needed: false });
});

it("attempts are forgotten after settings.attempts_kept", async () => {
  const destination = await engine.destination();
  await engine.pool.query(
    `insert into outbound.attempts (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome)
     select $1, n, 'chat.started', 1, now() - n * interval '10 days', 5, 'delivered' from generate_series(0, 5) n`,
    [destination],
  );
  expect(await engine.one("select outbound.forget_attempts() as forgotten")).toEqual({ forgotten: 3 });
  expect(await engine.one("select outbound.forget_attempts() as forgotten")).toEqual({ forgotten: 0 });
});
