import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConsumerDefinition, Event, Transaction } from "../../../src/broker/consumer.ts";
import { useDatabase } from "../../setup/database.ts";
import { runs } from "../../setup/proof.ts";
import { until } from "../../setup/until.ts";
import { startTestWorker } from "../../setup/worker.ts";

const db = useDatabase();
interface Seen {
  key: string;
  n: number;
}

/**
 * Fails some attempts, and notes the events of its test that it finished. A transactional handler notes them through its
 * transaction: what it did before a rollback does not count.
 */
function flaky(queue: string, delivery: ConsumerDefinition["delivery"]): ConsumerDefinition {
  const failed = new Map<number, number>();
  return {
    queue,
    delivery,
    async handle(event: Event, { tx = db.pool }: { tx?: Pick<Transaction, "query"> }) {
      const { key, n } = event.data as Seen;
      if (!key.startsWith(delivery)) return;
      if (delivery === "calling-out") await sleep(Math.random() * 3);
      const failures = failed.get(event.id) ?? 0;
      if (failures < 3 && Math.random() < 0.1) {
        failed.set(event.id, failures + 1);
        throw new Error("not this time");
      }
      await tx.query("insert into public.finished (key, n) values ($1, $2)", [key, n]);
    },
  } as ConsumerDefinition;
}

function expectOrderPerKey(finished: Seen[], expected: number): void {
  const last = new Map<string, number>();
  for (const { key, n } of finished) {
    expect(n, `order of key ${key}`).toBeGreaterThan(last.get(key) ?? 0);
    last.set(key, n);
  }
  expect(finished).toHaveLength(expected);
}

for (const [delivery, queue] of [
  ["calling-out", "EmailQueue"],
  ["transactional", "TicketQueue"],
] as const) {
  test(`${delivery}: events of one key finish in order, across retries and with two workers`, async () => {
    await db.pool.query(
      "update broker.queues set retry_delay = '5 ms', retry_delay_max = '20 ms', messages_per_reader = 50 where name = $1",
      [queue],
    );
    await db.pool.query("create table if not exists public.finished (id serial, key text, n int)");
    const definition = flaky(queue, delivery);
    await startTestWorker(db.url, definition);
    await startTestWorker(db.url, definition);
    for (let batch = 0; batch < 5; batch++) {
      await db.pool.query(
        `insert into broker.events (name, key, data)
         select 'chat.ended', $1 || i % 7, jsonb_build_object('key', $1 || i % 7, 'n', i)
         from generate_series($2::int, $2::int + 39) i`,
        [`${delivery}-`, batch * 40 + 1],
      );
    }
    const finished = async (): Promise<Seen[]> =>
      (
        await db.pool.query("select key, n from public.finished where key like $1 || '%' order by id", [
          delivery,
        ])
      ).rows;
    await until("all are finished", async () => (await finished()).length >= 200, 20_000);
    expectOrderPerKey(await finished(), 200);
  });
}

test("while one key waits for its retry, others flow", async () => {
  await db.pool.query(
    "update broker.queues set retry_delay = '1 hour', retry_delay_max = '1 hour' where name = 'WebHookQueue'",
  );
  const finished: Seen[] = [];
  await startTestWorker(db.url, {
    queue: "WebHookQueue",
    delivery: "calling-out",
    async handle({ data }) {
      const event = data as Seen;
      if (event.key === "stuck") throw new Error("its endpoint is down");
      finished.push(event);
    },
  });
  await db.pool.query(
    `insert into broker.events (name, key, data)
     select 'chat.started', k, jsonb_build_object('key', k, 'n', i)
     from generate_series(1, 100) i, (values ('stuck'), ('free')) as keys (k)
     order by i`,
  );
  await until("the free key is done", () => finished.filter(({ key }) => key === "free").length === 100);
  const delayed = async () =>
    (
      await db.pool.query(
        `select kind, count(*) from broker.delayed_messages d join broker.queues q on q.id = d.queue_id
         where q.name = 'WebHookQueue' group by kind order by kind`,
      )
    ).rows;
  await until("the stuck key waits, all of it", async () => {
    const [retry, waiting] = await delayed();
    return retry?.count === 1 && waiting?.count === 99;
  });
});

test("whatever fails and however often, each key finishes its events in order", async () => {
  await db.pool.query(
    "update broker.queues set retry_delay = '1 ms', retry_delay_max = '5 ms', max_attempts = 100 where name = 'ZendeskQueue'",
  );
  const finished: Seen[] = [];
  const toFail = new Map<number, number>();
  await startTestWorker(db.url, {
    queue: "ZendeskQueue",
    delivery: "calling-out",
    async handle({ data }) {
      const event = data as Seen;
      const left = toFail.get(event.n) ?? 0;
      if (left > 0) {
        toFail.set(event.n, left - 1);
        throw new Error("not yet");
      }
      if (event.n > 0) finished.push(event);
    },
  });
  let n = 1_000_000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), failures: fc.nat(2) }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (events) => {
        const before = finished.length;
        const numbered = events.map(({ key, failures }) => ({ key, failures, n: ++n }));
        for (const event of numbered) toFail.set(event.n, event.failures);
        await db.pool.query(
          `insert into broker.events (name, key, data)
           select 'offlineMessage.submitted', e ->> 'key', e from jsonb_array_elements($1::jsonb) with ordinality as l (e, i) order by i`,
          [JSON.stringify(numbered)],
        );
        const sent = () => finished.slice(before).filter((event) => event.n >= 1_000_000);
        await until("all are finished", () => sent().length === events.length);
        expectOrderPerKey(sent(), events.length);
      },
    ),
    { numRuns: runs(15) },
  );
});
