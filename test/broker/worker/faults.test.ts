import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { startTestWorker } from "../../setup/worker.ts";
import { spawnWorker } from "../../setup/worker-process.ts";

const db = useDatabase();
const STORING = new URL("../../setup/storing-consumers.ts", import.meta.url);

async function prepare(): Promise<void> {
  await db.pool.query("drop table if exists public.stored");
  await db.pool.query("create table public.stored (event_id bigint not null)");
}

async function stored(): Promise<{ all: number; different: number }> {
  const { rows } = await db.pool.query(
    'select count(*) as "all", count(distinct event_id) as different from public.stored',
  );
  return rows[0];
}

async function put(count: number): Promise<void> {
  await db.pool.query(
    `insert into broker.events (name, data)
     select 'chat.ended', jsonb_build_object('ChatId', 'chat ' || i % 50) from generate_series(1, $1::int) i`,
    [count],
  );
}

test("a worker killed with -9 under load loses nothing and doubles nothing", async () => {
  await prepare();
  let sent = 0;
  for (let round = 0; round < 4; round++) {
    const worker = spawnWorker(db.url, STORING);
    const before = (await stored()).all;
    await put(400);
    sent += 400;
    await until("it is in the middle of its work", async () => (await stored()).all > before, 15_000);
    worker.kill("SIGKILL");
  }
  spawnWorker(db.url, STORING);
  await until("everything is stored", async () => (await stored()).all >= sent, 15_000);
  expect(await stored()).toEqual({ all: sent, different: sent });
});

test("a message that kills its worker ends in the error queue, and stops nobody else", async () => {
  await prepare();
  await put(20);
  await db.pool.query(
    `insert into broker.events (name, data) values ('chat.ended', '{"ChatId": "bad", "poison": true}')`,
  );
  await put(20);
  const dead = async () =>
    (await db.pool.query("select error_code, data from broker.error_messages where error_code = 'PA021'"))
      .rows;
  let crashes = 0;
  const restart = () => {
    spawnWorker(db.url, STORING).once("exit", () => {
      crashes++;
      if (crashes < 8) restart();
    });
  };
  restart();
  await until("the poison is in the error queue", async () => (await dead()).length === 1, 20_000);
  await until("all others are stored", async () => (await stored()).different === 40);
  expect(await stored()).toEqual({ all: 40, different: 40 });
  expect(await dead()).toEqual([{ error_code: "PA021", data: { ChatId: "bad", poison: true } }]);
  expect(crashes).toBeLessThanOrEqual(5);
  crashes = 8;
});

for (const [delivery, queue] of [
  ["transactional", "ZendeskQueue"],
  ["calling-out", "EmailQueue"],
] as const) {
  test(`${delivery}: when its connections are terminated, the worker goes on within two seconds`, async () => {
    const seen: string[] = [];
    await startTestWorker(db.url, {
      queue,
      delivery,
      async handle({ data }: { data: unknown }) {
        seen.push((data as { ChatId: string }).ChatId);
      },
    });
    await db.pool.query("select broker.put_event('chat.ended', $1)", [{ ChatId: `${delivery} before` }]);
    await until("it reads", () => seen.includes(`${delivery} before`));
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test worker'",
    );
    await db.pool.query("select broker.put_event('chat.ended', $1)", [{ ChatId: `${delivery} after` }]);
    await until("it reads again", () => seen.includes(`${delivery} after`), 2_000);
  });
}

test("a reader that lost its connection starts nothing more beside its successor", async () => {
  await db.pool.query(
    `insert into broker.events (name, data)
     select 'chat.ended', jsonb_build_object('ChatId', 'lost ' || i) from generate_series(1, 30) i`,
  );
  const started = new Map<string, number>();
  let atWork = 0;
  let mostAtWork = 0;
  await startTestWorker(db.url, {
    queue: "SalesforceQueue",
    delivery: "calling-out",
    concurrency: 1,
    async handle({ data }) {
      const { ChatId } = data as { ChatId: string };
      if (!ChatId.startsWith("lost")) return;
      started.set(ChatId, (started.get(ChatId) ?? 0) + 1);
      mostAtWork = Math.max(mostAtWork, ++atWork);
      await sleep(20);
      atWork--;
    },
  });
  await until("it is at work", () => started.size > 3);
  await db.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test worker'",
  );
  await until("all have run", () => started.size === 30);
  // What was in hand runs again; of what only waited in the reader nothing ran twice.
  expect([...started.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(8);
  expect(mostAtWork).toBeLessThanOrEqual(2);
});

test("a queue dropped and made again under its worker is read again", async () => {
  await db.pool.query("select broker.create_queue('ComingAndGoing')");
  const seen: unknown[] = [];
  await startTestWorker(db.url, {
    queue: "ComingAndGoing",
    delivery: "calling-out",
    handle: async ({ data }) => {
      seen.push(data);
    },
  });
  for (const n of [1, 2]) {
    await db.pool.query("select broker.subscribe('ban.added', 'ComingAndGoing')");
    await db.pool.query("select broker.put_event('ban.added', $1)", [{ n }]);
    await until("it is read", () => seen.length === n);
    await until("it is empty", async () => {
      const { rows } = await db.pool.query(
        "select waiting from broker.queue_status where queue = 'ComingAndGoing'",
      );
      return rows[0].waiting === 0;
    });
    await db.pool.query("select broker.drop_queue('ComingAndGoing')");
    await db.pool.query("select broker.create_queue('ComingAndGoing')");
  }
  expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
});
