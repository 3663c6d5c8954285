import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { until } from "../../setup/until.ts";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();
const MAIN = fileURLToPath(new URL("./worker-main.ts", import.meta.url));
const processes = new Set<ChildProcess>();

afterEach(() => {
  for (const child of processes) child.kill("SIGKILL");
  processes.clear();
});

function spawnWorker(): ChildProcess {
  const child = spawn(process.execPath, [MAIN, engine.database.url], { stdio: "inherit" });
  processes.add(child);
  return child;
}

it("kill -9 loses nothing, and what is delivered twice has the same id", async () => {
  const peer = await receiver(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return 200;
  });
  await engine.destination({ url: peer.url, concurrency: 5 });
  const ids = await engine.put(600, { keyOf: (n) => `key ${n % 50}` });
  for (const enough of [50, 200, 400]) {
    const worker = spawnWorker();
    await until("some are delivered", () => peer.taken.length > enough, 20_000);
    worker.kill("SIGKILL");
    await once(worker, "exit");
  }
  spawnWorker();
  await engine.untilDelivered(30_000);
  expect([...new Set(peer.taken.map(({ eventId }) => eventId))].sort((a, b) => a - b)).toEqual(ids);
  expect(new Set(peer.taken.map(({ id }) => id)).size).toBe(600);
  // Of each crash no more than what was under way or not settled yet.
  expect(peer.received.length - 600).toBeLessThan(3 * 40);
  expect(await engine.one("select count(*)::int as errors from broker.error_messages")).toEqual({
    errors: 0,
  });
}, 90_000);

it("when one of two processes dies, the other takes its destinations over", async () => {
  const peer = await receiver();
  // What the dead one had not settled comes again.
  const different = () => new Set(peer.taken.map(({ id }) => id)).size;
  for (let n = 0; n < 6; n++) await engine.destination({ url: peer.url });
  const [one] = [spawnWorker(), spawnWorker()];
  const dispatchers = `select count(*)::int as count from pg_locks where locktype = 'advisory' and classid = 1346458186
       and database = (select oid from pg_database where datname = current_database())`;
  await until(
    "both are there",
    async () => (await engine.one<{ count: number }>(dispatchers)).count === 2,
    20_000,
  );
  await engine.put(20);
  await until("all are delivered", () => different() === 120);
  one.kill("SIGKILL");
  await engine.put(20);
  await until("all are delivered by the other", () => different() === 240);
}, 60_000);

it("shutdown lets what is under way end, calls off what does not, and gives it back uncounted", async () => {
  let closed = 0;
  const peer = await receiver(async ({ data }, response) => {
    if (data.n === 0) {
      response.once("close", () => closed++);
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    return 200;
  });
  await engine.destination({ url: peer.url, concurrency: 2 });
  const worker = await engine.work();
  await engine.put(10);
  await until("two are under way", () => peer.received.length === 2);
  await worker.stop();
  expect(closed).toBe(1);
  const left = await engine.pool.query(
    "select state::text, attempts, count(*)::int from outbound.deliveries group by state, attempts",
  );
  expect(left.rows).toEqual([{ state: "ready", attempts: 0, count: 10 - peer.taken.length }]);
  expect(peer.taken.length).toBeGreaterThan(0);
  expect(peer.taken.length).toBeLessThan(4);
});

it("outlives the loss of its connections", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(5);
  await until("it works", () => peer.taken.length === 5);
  await engine.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test worker' and datname = current_database()",
  );
  await engine.put(5);
  await until("it works again", () => new Set(peer.taken.map(({ id }) => id)).size === 10);
});

it("a queue that is paused and resumed while something is under way goes on with what waits", async () => {
  let answers = () => {};
  const answered = new Promise<void>((resolve) => {
    answers = resolve;
  });
  const peer = await receiver(async ({ data }) => {
    if (data.n === 0) await answered;
    return 200;
  });
  await engine.destination({ url: peer.url, concurrency: 1 });
  const elsewhere = await receiver();
  const idle = await engine.destination({ url: elsewhere.url });
  const isHeld = async () =>
    (
      await engine.one<{ held: boolean }>(
        "select exists (select from pg_locks where locktype = 'advisory' and classid = 1346458187 and objid = $1) as held",
        [idle],
      )
    ).held;
  await engine.work();
  await engine.put(3);
  await until("one is under way", () => peer.received.length === 1);
  await until("nothing is under way elsewhere", () => elsewhere.taken.length === 3);
  await engine.pool.query("update broker.queues set enabled = false where name = 'WebHookQueue'");
  await until("the worker pauses", async () => !(await isHeld()));
  await engine.pool.query("update broker.queues set enabled = true where name = 'WebHookQueue'");
  await engine.put(1, { from: 3 });
  await until("the worker goes on", () => elsewhere.taken.length === 4);
  answers();
  await engine.untilDelivered();
  expect(peer.taken.map(({ data }) => data.n).sort()).toEqual([0, 1, 2, 3]);
});

it("goes on when the machine's clock is set back", async () => {
  const peer = await receiver();
  await engine.destination({ url: peer.url });
  await engine.work();
  await engine.put(1);
  await engine.untilDelivered();
  const now = Date.now.bind(Date);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
  onTestFinished(() => clock.mockRestore());
  await engine.put(1, { from: 1 });
  await engine.untilDelivered();
  expect(peer.taken.map(({ data }) => data.n)).toEqual([0, 1]);
});
