import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();
const MAIN = fileURLToPath(new URL("./worker-main.ts", import.meta.url));
let child: ChildProcess | undefined;
let isOver = false;

afterEach(() => {
  isOver = true;
  child?.kill("SIGKILL");
});

/** A worker that dies of the event of this number, and is started again each time; returns how often it died. */
async function supervise(poison: number): Promise<number> {
  isOver = false;
  let deaths = 0;
  const isDone = engine.untilDelivered(150_000).then(() => true);
  while (!isOver) {
    child = spawn(process.execPath, [MAIN, engine.database.url, String(poison)], { stdio: "inherit" });
    const exit = once(child, "exit").then(() => false);
    if (await Promise.race([isDone, exit])) break;
    deaths++;
  }
  return deaths;
}

const crashesLeft = () =>
  engine.one(
    "select count(*)::int as suspects from outbound.deliveries where crashes > 0 and state <> 'rejected'",
  );

it("a delivery that kills its process goes to the error queue, and no other with it", async () => {
  // Slow enough to be under way whenever the process dies.
  const slow = await receiver(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return 200;
  });
  const quick = await receiver();
  const destination = await engine.destination({ url: quick.url, name: "quick", events: ["chat.ended"] });
  await engine.destination({ url: slow.url, events: ["chat.started"], concurrency: 3 });
  const poisoned = await engine.put(10, { name: "chat.ended", keyOf: (n) => (n < 5 ? "one" : "other") });
  await engine.put(10, { name: "chat.started", from: 100 });
  const deaths = await supervise(3);

  // Unknown, then suspected among others, then alone twice.
  expect(deaths).toBe(4);
  const { rows } = await engine.pool.query(
    "select event_id::float8 as event, error_code, error, attempts from broker.error_messages",
  );
  expect(rows).toEqual([
    {
      event: poisoned[3],
      error_code: "PA021",
      error: `destination ${destination} "quick": the worker crashed 3 times while this was under way`,
      attempts: 1,
    },
  ]);
  const taken = (peer: typeof slow) =>
    [...new Set(peer.taken.map(({ data }) => data.n))].sort((a, b) => a - b);
  expect(taken(quick)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
  expect(taken(slow)).toEqual(Array.from({ length: 10 }, (_, n) => 100 + n));
  expect(await crashesLeft()).toEqual({ suspects: 0 });
}, 180_000);

it("once redriven it is as good as any other", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.put(1, { from: 3 });
  expect(await supervise(3)).toBe(4);
  child!.kill("SIGKILL");
  expect(peer.received).toEqual([]);
  await engine.one("select broker.redrive(error_code => 'PA021')");
  await engine.drain();
  expect(peer.taken.map(({ data }) => data.n)).toEqual([3]);
}, 180_000);

it("a worker that stops in good order, or loses its connections, leaves no suspicion", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  const worker = await engine.work();
  await engine.put(1);
  await until("it is delivered", () => peer.taken.length === 1);
  await engine.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test worker' and datname = current_database()",
  );
  await engine.put(1);
  await engine.untilDelivered();
  await worker.stop();
  expect(await engine.one("select count(*)::int as held from outbound.holders")).toEqual({ held: 0 });
});
