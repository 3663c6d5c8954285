import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { runs } from "../../setup/proof.ts";
import { putEvent, rows, TestQueue } from "../test-queue.ts";

const db = useDatabase();
const KEYS = ["a", "b", null];
const OUTCOMES = ["confirm", "retry", "retry later", "reject"] as const;

let session: Client;
/** Three queues and their events; the second also gets the first's events, the third the Error events. */
let queues: TestQueue[];
/** What left the broker for good: handled or discarded. Each "event id in queue id" once. */
let gone: Set<string>;

beforeAll(async () => {
  session = await db.connect();
  queues = [];
  for (let i = 0; i < 3; i++) queues.push(await TestQueue.create(session, { max_attempts: 3, lanes: 2 }));
  const [first, second, third] = queues as [TestQueue, TestQueue, TestQueue];
  await session.query("select broker.subscribe(event => $1, queue => $2)", [first.event, second.name]);
  await session.query("select broker.subscribe(event => 'Error', queue => $1)", [third.name]);
});

async function startAfresh(): Promise<void> {
  await session.query(
    "truncate broker.events, broker.messages, broker.delayed_messages, broker.error_messages",
  );
  await session.query("set parley.now = '2100-01-01Z'");
  gone = new Set();
}

const hoursPass = () =>
  session.query("select set_config('parley.now', (broker.now() + interval '3 hours')::text, false)");

type Put = { event: number; key: number };
type Command = () => Promise<unknown>;

const eventOf = ({ event }: Put) => queues[event]!.event;

const WAYS_TO_PUT: ((puts: Put[]) => Promise<unknown>)[] = [
  async (puts) => {
    for (const put of puts) await putEvent(session, eventOf(put), {}, { key: KEYS[put.key] ?? undefined });
  },
  async (puts) => {
    for (const put of puts) await putEvent(session, eventOf(put), {}, { runAt: "2100-01-02Z" });
  },
  (puts) =>
    session.query(
      "insert into broker.events (name, key, data) select *, '{}' from unnest($1::text[], $2::text[])",
      [puts.map(eventOf), puts.map(({ key }) => KEYS[key])],
    ),
  (puts) =>
    pipeline(
      Readable.from(puts.map((put) => `${eventOf(put)}\t${KEYS[put.key] ?? "\\N"}\t{}\n`)),
      session.query(copyFrom("copy broker.events (name, key, data) from stdin")),
    ),
  async (puts) => {
    await session.query("begin; savepoint one");
    await WAYS_TO_PUT[0]!(puts);
    await session.query("rollback to one");
    await WAYS_TO_PUT[2]!(puts);
    await session.query("commit");
  },
];

/** Handles what one receive brings, as a reader does: after a failure it leaves the later ones of that key. */
async function handle(queue: TestQueue, outcomes: readonly (typeof OUTCOMES)[number][]): Promise<void> {
  const failedKeys = new Set<string>();
  for (const [index, message] of (await queue.receive(3)).entries()) {
    if (message.key !== null && failedKeys.has(message.key)) continue;
    const outcome = outcomes[index % outcomes.length]!;
    if (outcome === "confirm") {
      await queue.confirm([message]);
      leave(message.event_id, queue.id);
      continue;
    }
    if (message.key !== null) failedKeys.add(message.key);
    await queue.fail([message], {
      retry_in_s: outcome === "retry" ? 0 : 3_600,
      reject: outcome === "reject",
    });
  }
}

function leave(eventId: number, queueId: number): void {
  const delivery = `${eventId} in ${queueId}`;
  expect(gone).not.toContain(delivery);
  gone.add(delivery);
}

async function discard(queue: TestQueue): Promise<void> {
  for (const { event_id } of await queue.errors()) leave(event_id, queue.id);
  await session.query("select broker.discard(queue => $1)", [queue.name]);
}

/** Deliveries that are not in exactly one place. */
async function misplaced(): Promise<unknown[]> {
  const deliveries = await rows<{ delivery: string; places: string[] }>(
    session,
    `with places as (
       select queue_id, event_id, 'waiting' as place from broker.messages
       union all select queue_id, event_id, 'delayed' from broker.delayed_messages
       union all select queue_id, event_id, 'error' from broker.error_messages
     )
     select e.id || ' in ' || q.id as delivery, array_remove(array_agg(p.place), null) as places
     from broker.events e
     join broker.t_chatserver_event t on t.name = e.name
     join broker.t_chatserver_queue r on r.event_id = t.id
     join broker.queues q on q.name = r.name
     left join places p on p.event_id = e.id and p.queue_id = q.id
     group by e.id, q.id`,
  );
  return deliveries.filter(({ delivery, places }) => places.length !== (gone.has(delivery) ? 0 : 1));
}

const queue = fc.nat(2).map((index) => () => queues[index]!);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...WAYS_TO_PUT),
        fc.array(fc.record({ event: fc.nat(2), key: fc.nat(2) }), { minLength: 1, maxLength: 4 }),
      )
      .map(
        ([way, puts]) =>
          () =>
            way(puts),
      ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(queue, fc.array(fc.constantFrom(...OUTCOMES), { minLength: 1, maxLength: 5 })).map(
      ([of, outcomes]) =>
        () =>
          handle(of(), outcomes),
    ),
  },
  queue.map((of) => () => session.query("select broker.redrive(queue => $1)", [of().name])),
  queue.map((of) => () => discard(of())),
  fc.constant(hoursPass),
  fc.constant(() => session.query("select broker.promote_scheduled()")),
);

it("whatever is put, fails, is confirmed, redriven and discarded: each delivery is in exactly one place", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      await startAfresh();
      for (const run of commands) {
        await run();
        expect(await misplaced()).toEqual([]);
      }
    }),
    { numRuns: runs(20) },
  );
});

it("and all that is handled in the end is gone, each once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      await startAfresh();
      for (const run of commands) await run();
      for (let round = 0; round < 500; round++) {
        await hoursPass();
        await session.query("select broker.promote_scheduled()");
        for (const each of queues) {
          await session.query("select broker.redrive(queue => $1)", [each.name]);
          await handle(each, ["confirm"]);
        }
        const left = await rows(
          session,
          "select from broker.messages union all select from broker.delayed_messages",
        );
        if (left.length === 0) break;
      }
      expect(await misplaced()).toEqual([]);
      for (const table of ["messages", "delayed_messages", "error_messages"])
        expect(await rows(session, `select * from broker.${table}`), table).toEqual([]);
    }),
    { numRuns: runs(10) },
  );
});
