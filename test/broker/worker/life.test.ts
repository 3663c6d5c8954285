import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { LateCommits } from "../../../src/broker/late-commits.ts";
import { noObserver } from "../../../src/broker/observer.ts";
import { readQueue } from "../../../src/broker/read-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { drain, silentLog, startTestWorker } from "../../setup/worker.ts";

const db = useDatabase();

async function status(queue: string) {
  const { rows } = await db.pool.query("select * from broker.queue_status where queue = $1", [queue]);
  return rows[0];
}

test("a put wakes an idle queue, and a paused one waits for its resume", async () => {
  const seen: number[] = [];
  await startTestWorker(db.url, {
    queue: "EmailQueue",
    delivery: "calling-out",
    handle: async ({ data }) => {
      seen.push((data as { n: number }).n);
    },
  });
  const put = (n: number) => db.pool.query("select broker.put_event('chat.ended', $1)", [{ n }]);
  await put(1);
  await until("the first is delivered", () => seen.length === 1);

  await db.pool.query("select broker.pause_queue('EmailQueue')");
  await put(2);
  await db.pool.query("select broker.put_event('chat.ended', '{}')");
  await until("it waits", async () => (await status("EmailQueue")).waiting === 2);
  expect(seen).toEqual([1]);

  await db.pool.query("select broker.resume_queue('EmailQueue')");
  await until("the second is delivered", () => seen.length === 3);
  expect(seen.slice(0, 2)).toEqual([1, 2]);
});

test("stopping finishes what is in hand and hands back the rest, uncounted", async () => {
  await db.pool.query(
    `insert into broker.events (name, key, data)
     select 'offlineMessage.submitted', 'same', jsonb_build_object('stopping', i) from generate_series(1, 50) i`,
  );
  let started = 0;
  let finished = 0;
  const worker = await startTestWorker(db.url, {
    queue: "TicketQueue",
    delivery: "calling-out",
    async handle({ data }) {
      if (!(data as { stopping?: number }).stopping) return;
      started++;
      await sleep(50);
      finished++;
    },
  });
  await until("it has begun", () => started > 0);
  await worker.stop();
  expect(finished).toBe(started);
  expect(started).toBeLessThan(50);

  const attempts: number[] = [];
  await drain(db.url, {
    queue: "TicketQueue",
    delivery: "calling-out",
    handle: async ({ data, attempt }) => {
      if ((data as { stopping?: number }).stopping) attempts.push(attempt);
    },
  });
  expect(attempts).toEqual(Array(50 - finished).fill(1));
});

test("a handler that is told of the shutdown and gives up is not counted as failed", async () => {
  await db.pool.query(`select broker.put_event('chat.started', '{"giveUp": true}')`);
  let told = false;
  const worker = await startTestWorker(db.url, {
    queue: "WebHookQueue",
    delivery: "calling-out",
    handle: ({ data }, { signal }) =>
      new Promise((resolve, reject) => {
        if (!(data as { giveUp?: boolean }).giveUp) return resolve();
        told = true;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  await until("it is at work", () => told);
  await worker.stop();
  expect(await status("WebHookQueue")).toMatchObject({ waiting: 1, delayed: 0, errors: 0 });
});

test("readers follow the backlog: one for each messages_per_reader, no more than max_readers, fewer later", async () => {
  await db.pool.query(
    "update broker.queues set messages_per_reader = 100, max_readers = 3 where name = 'SalesforceQueue'",
  );
  await db.pool.query(
    `insert into broker.events (name, data)
     select 'chat.ended', jsonb_build_object('ChatId', i) from generate_series(1, 3000) i`,
  );
  let most = 0;
  await startTestWorker(db.url, {
    queue: "SalesforceQueue",
    delivery: "calling-out",
    handle: async () => sleep(2),
  });
  await until("three readers share the lanes", async () => {
    most = Math.max(most, (await status("SalesforceQueue")).readers);
    return most === 3;
  });
  await until("the backlog is gone", async () => (await status("SalesforceQueue")).waiting === 0, 20_000);
  await until("one reader is left", async () => (await status("SalesforceQueue")).readers <= 1);
});

test("an event of 10 MB is delivered whole", async () => {
  const text = "ї".repeat(5_000_000);
  await db.pool.query("select broker.put_event('offlineMessage.submitted', $1)", [{ Content: text }]);
  let length = 0;
  await drain(db.url, {
    queue: "ZendeskQueue",
    delivery: "transactional",
    async handle({ data }) {
      length = (data as { Content?: string }).Content?.length ?? length;
    },
  });
  expect(length).toBe(5_000_000);
});

test("a reader that armed its queue, looks once more and finds something, delivers and confirms it", async () => {
  const reader = await db.connect();
  let seen = 0;
  let retired = 0;
  // The put that comes between a reader's last look and its end: made by the reader's own retire.
  const client = new Proxy(reader, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (property !== "query") return typeof value === "function" ? value.bind(target) : value;
      return async (...query: unknown[]) => {
        const result = await Reflect.apply(value, target, query);
        if (String(query[0]).includes("broker.retire_reader") && retired++ === 0) {
          await db.pool.query("select broker.put_event('ban.added', '{}', key => 'late')");
        }
        return result;
      };
    },
  });
  await db.pool.query("select broker.create_queue('LastLookQueue')");
  await db.pool.query("select broker.subscribe('ban.added', 'LastLookQueue')");
  await readQueue(
    {
      queue: "LastLookQueue",
      delivery: "calling-out",
      handle: async () => {
        seen++;
      },
    },
    "test/LastLookQueue",
    {
      worker: randomUUID(),
      lateCommits: new LateCommits(),
      log: silentLog,
      observer: noObserver,
      signal: new AbortController().signal,
      lingerMs: 20,
      withClient: (use) => use(client as never),
    },
  );
  expect(retired).toBe(2);
  expect(seen).toBe(1);
  expect(await status("LastLookQueue")).toMatchObject({ waiting: 0, delivered_total: 1 });
});
