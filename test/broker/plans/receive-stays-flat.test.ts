import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue, value } from "../test-queue.ts";

const db = useDatabase();
const LANES = 8;
const BATCH_PER_LANE = 5;
const FEW = 1_000;
const HANDLED = 100_000;
const WAITING = 200_000;

let session: Client;
let queue: TestQueue;
/** Everything up to this message id is handled. */
let low = 0;

beforeAll(async () => {
  session = await db.connect();
  queue = await TestQueue.create(session, { lanes: LANES });
});

/** Much faster than real puts: the same rows, without triggers. */
async function fill(from: number, to: number): Promise<void> {
  await session.query("set session_replication_role = replica");
  await session.query(
    `insert into broker.events (id, name, key, data)
     select i, $1, 'key ' || i % 1000, '{"Text": "a short document"}' from generate_series($2::int, $3::int) i`,
    [queue.event, from, to],
  );
  await session.query(
    "insert into broker.messages select $1, i % $2, i, i from generate_series($3::int, $4::int) i",
    [queue.id, LANES, from, to],
  );
  await session.query("reset session_replication_role");
}

/** Pages that the statement touches when it is run for the second time, with all its plans made; it is rolled back. */
async function pagesOf(statement: string, values: unknown[]): Promise<number> {
  let pages = 0;
  for (let run = 0; run < 2; run++) {
    await session.query("begin");
    const [{ Plan }] = await value<[{ Plan: Record<string, number> }]>(
      session,
      `explain (analyze, buffers, timing off, format json) ${statement}`,
      values,
    );
    await session.query("rollback");
    pages = Plan["Shared Hit Blocks"]! + Plan["Shared Read Blocks"]!;
  }
  return pages;
}

const lanes = Array.from({ length: LANES }, (_, lane) => lane);
const nextIds = () => Array.from({ length: LANES * BATCH_PER_LANE }, (_, index) => low + 1 + index);

const STATEMENTS: Record<string, () => Promise<number>> = {
  receive: () =>
    pagesOf(
      "select * from broker.receive(queue_id => $1, lanes => $2, after_ids => $3, max_per_lane => $4)",
      [queue.id, lanes, lanes.map(() => low), BATCH_PER_LANE],
    ),
  confirm: () =>
    pagesOf("select broker.confirm(queue_id => $1, lanes => $2, ids => $3)", [
      queue.id,
      nextIds().map((id) => id % LANES),
      nextIds(),
    ]),
  has_messages: () => pagesOf("select broker.has_messages(queue_id => $1)", [queue.id]),
};

describe("with 200,000 messages waiting behind 100,000 handled ones that a held snapshot keeps from being cleaned up", () => {
  const before: Record<string, number> = {};
  let receivedPastRetry: number;

  beforeAll(async () => {
    await fill(1, FEW);
    for (const [name, pages] of Object.entries(STATEMENTS)) before[name] = await pages();
    await session.query(
      `insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
       values ($1, 0, 0, 1, 'another key', 'retry', '2999-01-01')`,
      [queue.id],
    );
    receivedPastRetry = await STATEMENTS.receive!();
    await session.query("delete from broker.delayed_messages");

    await fill(FEW + 1, HANDLED + WAITING);
    const analyst = await db.connect();
    await analyst.query("begin isolation level repeatable read");
    await analyst.query("select from broker.events limit 1");
    await session.query("delete from broker.messages where queue_id = $1 and id <= $2", [queue.id, HANDLED]);
    low = HANDLED;
    await session.query("update broker.lanes set low_id = $2 where queue_id = $1", [queue.id, low]);
  });

  it("the queue is as large as it says", async () => {
    expect(await value(session, "select count(*) from broker.messages where queue_id = $1", [queue.id])).toBe(
      WAITING,
    );
  });

  it.each(Object.entries(STATEMENTS))("%s touches hardly more pages than with 1,000", async (name, pages) => {
    expect(await pages()).toBeLessThan(before[name]! * 1.6);
  });

  it("receive finds a whole batch", async () => {
    const messages = await session.query(
      "select from broker.receive(queue_id => $1, lanes => $2, after_ids => $3, max_per_lane => $4)",
      [queue.id, lanes, lanes.map(() => low), BATCH_PER_LANE],
    );
    expect(messages.rowCount).toBe(LANES * BATCH_PER_LANE);
  });

  it("the server's statistics of the tables change nothing of that", async () => {
    await session.query("analyze broker.messages, broker.events");
    const fresh = await db.connect();
    session = fresh;
    for (const [name, pages] of Object.entries(STATEMENTS))
      expect(await pages(), name).toBeLessThan(before[name]! * 1.6);
  });

  it("a retry that waits makes receive no slower", async () => {
    await session.query(
      `insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
       values ($1, 0, 0, 1, 'another key', 'retry', '2999-01-01')`,
      [queue.id],
    );
    expect(await STATEMENTS.receive!()).toBeLessThan(receivedPastRetry * 1.6);
  });
});
