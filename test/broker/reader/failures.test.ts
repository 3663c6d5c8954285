import { expect, test } from "vitest";
import { z } from "zod";
import { Reject, RetryLater } from "../../../src/broker/outcome.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { drain, startTestWorker } from "../../setup/worker.ts";

const db = useDatabase();

async function errorsOf(queue: string) {
  const { rows } = await db.pool.query(
    `select e.error_code, e.error, e.attempts, e.data from broker.error_messages e
     join broker.queues q on q.id = e.queue_id where q.name = $1 order by e.id`,
    [queue],
  );
  return rows;
}

async function put(name: string, data: object): Promise<number> {
  const { rows } = await db.pool.query("select broker.put_event(name => $1, data => $2) as id", [
    name,
    JSON.stringify(data),
  ]);
  return rows[0].id;
}

test("each message of a batch has its own outcome", async () => {
  for (const outcome of ["done", "reject", "later", "fail"])
    await put("chat.ended", { ChatId: outcome, outcome });
  const handled: string[] = [];
  const handle = async ({ data }: { data: unknown }) => {
    const { outcome } = data as { outcome: string };
    if (outcome === "reject") throw new Reject("PA020", "no such agent");
    if (outcome === "later") throw new RetryLater(3600, "closed on Sundays");
    if (outcome === "fail") throw new Error("out of order");
    handled.push(outcome);
  };
  await drain(db.url, { queue: "EmailQueue", delivery: "calling-out", handle });
  await drain(db.url, { queue: "TicketQueue", delivery: "transactional", handle });

  for (const queue of ["EmailQueue", "TicketQueue"]) {
    expect(await errorsOf(queue)).toMatchObject([
      { error_code: "PA020", error: "no such agent", attempts: 1 },
    ]);
    const { rows } = await db.pool.query(
      `select d.key, d.attempts, d.error_code, d.error, d.run_at > now() + interval '30 minutes' as late
       from broker.delayed_messages d join broker.queues q on q.id = d.queue_id where q.name = $1 order by d.key`,
      [queue],
    );
    expect(rows).toEqual([
      { key: "fail", attempts: 1, error_code: "PA023", error: "out of order", late: false },
      { key: "later", attempts: 1, error_code: "PA023", error: "closed on Sundays", late: true },
    ]);
  }
  expect(handled).toContain("done");
});

test("data that breaks its schema goes to the error queue at once, naming the member", async () => {
  await put("chat.started", { ChatId: 12 });
  await put("chat.started", [1, 2]);
  const handled: unknown[] = [];
  await drain(db.url, {
    queue: "WebHookQueue",
    delivery: "calling-out",
    schemas: { "chat.started": z.object({ ChatId: z.string() }) },
    handle: async ({ name, data }) => {
      if (name === "chat.started") handled.push(data);
    },
  });
  const errors = await errorsOf("WebHookQueue");
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatchObject({ error_code: "PA020", attempts: 1 });
  expect(errors[0].error).toMatch(/ChatId/);
  expect(handled).toEqual([]);
});

test("out of attempts, a message goes to the error queue and its key flows again", async () => {
  await db.pool.query(
    "update broker.queues set max_attempts = 3, retry_delay = '1 ms', retry_delay_max = '1 ms' where name = 'SalesforceQueue'",
  );
  for (const n of [1, 2, 3]) await put("offlineMessage.submitted", { SessionId: 77, n });
  const attempts: number[] = [];
  await startTestWorker(db.url, {
    queue: "SalesforceQueue",
    delivery: "calling-out",
    handle: async ({ data, attempt }) => {
      const { n, SessionId } = data as { n: number; SessionId?: number };
      if (SessionId !== 77) return;
      attempts.push(n * 10 + attempt);
      if (n === 1) throw new Error("always");
    },
  });
  await until("all are settled", () => attempts.length === 5);
  expect(attempts).toEqual([11, 12, 13, 21, 31]);
  await until("it is dead", async () => (await errorsOf("SalesforceQueue")).length === 1);
});

for (const delivery of ["calling-out", "transactional"] as const) {
  test(`${delivery}: a handler out of time is aborted and its message retried`, async () => {
    const queue = delivery === "transactional" ? "PersistenceQueue" : "ZendeskQueue";
    await db.pool.query(
      "update broker.queues set retry_delay = '1 ms', retry_delay_max = '1 ms' where name = $1",
      [queue],
    );
    const id = await put("offlineMessage.submitted", { SessionId: 5 });
    let aborted = 0;
    let attempt = 0;
    await startTestWorker(db.url, {
      queue,
      delivery,
      timeoutSeconds: 0.2,
      async handle(event: { id: number; attempt: number }, { signal }: { signal: AbortSignal }) {
        if (event.id !== id) return;
        attempt = event.attempt;
        if (event.attempt > 1) return;
        signal.addEventListener("abort", () => aborted++);
        await new Promise(() => {});
      },
    });
    await until("the second attempt ran", () => attempt === 2);
    expect(aborted).toBeGreaterThan(0);
  });
}

test("a transactional handler that swallows a failed statement fails alone", async () => {
  const ids = [
    await put("chat.wrapup.submitted", { ChatId: 1 }),
    await put("chat.wrapup.submitted", { ChatId: 2 }),
  ];
  await db.pool.query("create table public.kept (id bigint)");
  await db.pool.query("select broker.create_queue('AuditQueue')");
  await db.pool.query("select broker.subscribe('ban.added', 'AuditQueue')");
  await put("ban.added", { SiteId: 1, AgentId: 1 });
  await put("ban.added", { SiteId: 2, AgentId: 2 });
  await drain(db.url, {
    queue: "AuditQueue",
    delivery: "transactional",
    async handle({ id, data }, { tx }) {
      await tx.query("insert into public.kept values ($1)", [id]);
      if ((data as { AgentId: number }).AgentId === 1) await tx.query("select 1 / 0").catch(() => {});
    },
  });
  const { rows } = await db.pool.query("select count(*) from public.kept where id > $1", [ids[1]]);
  expect(rows[0].count).toBe(1);
  const { rows: delayed } = await db.pool.query(
    "select d.key from broker.delayed_messages d join broker.queues q on q.id = d.queue_id where q.name = 'AuditQueue'",
  );
  expect(delayed).toEqual([{ key: "site:1" }]);
});

test("a transactional handler that breaks a deferred constraint fails alone", async () => {
  await db.pool.query("create table public.unique_later (n int unique deferrable initially deferred)");
  await db.pool.query("select broker.create_queue('DeferredQueue')");
  await db.pool.query("select broker.subscribe('agentChat.replied', 'DeferredQueue')");
  for (const n of [1, 1, 2]) await db.pool.query("select broker.put_event('agentChat.replied', $1)", [{ n }]);
  await drain(db.url, {
    queue: "DeferredQueue",
    delivery: "transactional",
    async handle({ data }, { tx }) {
      await tx.query("insert into public.unique_later values ($1)", [(data as { n: number }).n]);
    },
  });
  const { rows } = await db.pool.query("select n from public.unique_later order by n");
  expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
  const { rows: delayed } = await db.pool.query(
    "select d.error_code from broker.delayed_messages d join broker.queues q on q.id = d.queue_id where q.name = 'DeferredQueue'",
  );
  expect(delayed).toEqual([{ error_code: "23505" }]);
});

test("whatever a handler throws can be recorded, and what was done beside it stays done", async () => {
  const thrown: Record<string, unknown> = {
    nul: new Error("an answer with \0 in it"),
    half: new Error("cut in the middle of an emoji: \ud83d"),
    never: new RetryLater(1e15, "come back in the next era"),
    odd: Object.assign(new Error("x"), { message: { not: "text" } }),
    nothing: undefined,
    cause: new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:9") }),
  };
  await db.pool.query("select broker.create_queue('OddQueue')");
  await db.pool.query("select broker.subscribe('cannedMessage.used', 'OddQueue')");
  for (const what of [...Object.keys(thrown), "fine"]) {
    await db.pool.query("select broker.put_event('cannedMessage.used', $1, key => $2)", [{ what }, what]);
  }
  const handled: string[] = [];
  await drain(db.url, {
    queue: "OddQueue",
    delivery: "calling-out",
    async handle({ data }) {
      const { what } = data as { what: string };
      handled.push(what);
      if (what in thrown) throw thrown[what];
    },
  });
  expect(handled.toSorted()).toEqual([...Object.keys(thrown), "fine"].toSorted());
  const { rows } = await db.pool.query(
    `select d.key, d.error from broker.delayed_messages d join broker.queues q on q.id = d.queue_id
     where q.name = 'OddQueue' order by d.key`,
  );
  expect(rows).toEqual([
    { key: "cause", error: "fetch failed: connect ECONNREFUSED 127.0.0.1:9" },
    { key: "half", error: "cut in the middle of an emoji: \ufffd" },
    { key: "never", error: "come back in the next era" },
    { key: "nothing", error: "undefined" },
    { key: "nul", error: "an answer with  in it" },
    { key: "odd", error: "[object Object]" },
  ]);
});
