import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { rows } from "../test-queue.ts";

const db = useDatabase();

const name = fc.constantFrom("a", "b", "c", "chat.ended", "chat.started", "Error");
const queue = fc.constantFrom("EmailQueue", "TicketQueue", "WebHookQueue", "X");

type Edit = { text: string; values: unknown[] };
const edit = (text: string, ...values: fc.Arbitrary<unknown>[]): fc.Arbitrary<Edit> =>
  fc.tuple(...values).map((chosen) => ({ text, values: chosen }));

const anyEdit = fc.oneof(
  edit("insert into broker.t_chatserver_event (name) values ($1)", name),
  edit("update broker.t_chatserver_event set name = $2 where name = $1", name, name),
  edit("update broker.t_chatserver_event set id = id + 500 where name = $1", name),
  edit("delete from broker.t_chatserver_event where name = $1", name),
  edit(
    `insert into broker.t_chatserver_queue select e.id, $2 from broker.t_chatserver_event e where e.name = $1
     on conflict do nothing`,
    name,
    queue,
  ),
  edit("update broker.t_chatserver_queue set name = $2 where name = $1", queue, queue),
  edit("delete from broker.t_chatserver_queue where name = $1", queue),
  edit("truncate broker.t_chatserver_queue"),
  edit("truncate broker.t_chatserver_event cascade"),
  edit("select broker.create_queue('X', lanes => $1)", fc.integer({ min: 1, max: 64 })),
  edit("update broker.queues set lanes = $2 where name = $1", queue, fc.integer({ min: 1, max: 64 })),
  edit("select broker.drop_queue($1)", queue),
  edit("select broker.subscribe(event => $1, queue => $2)", name, queue),
  edit("select broker.unsubscribe(event => $1, queue => $2)", name, queue),
);

/** Rows that are in one and not in the other. */
const DIFFERENCE = `
  with wanted as (
    select e.name::text, coalesce(q.id, 0) as id, coalesce(q.lanes, 1) as lanes
    from broker.t_chatserver_event e
    left join (broker.t_chatserver_queue r join broker.queues q on q.name = r.name) on r.event_id = e.id
  ), routes as (
    select event_name, queue_id, lanes from broker.routes
  )
  (select 'missing', * from wanted except select 'missing', * from routes)
  union all
  (select 'left over', * from routes except select 'left over', * from wanted)`;

it("whatever is edited, however, broker.routes equals the join of the routing tables", async () => {
  const dba = await db.connect();
  await fc.assert(
    fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 12 }), async (edits) => {
      await dba.query("begin");
      try {
        for (const { text, values } of edits) {
          await dba.query("savepoint edit");
          // Some edits are refused: then nothing of them may stay.
          await dba.query(text, values).catch(() => dba.query("rollback to edit"));
          expect(await rows(dba, DIFFERENCE)).toEqual([]);
        }
      } finally {
        await dba.query("rollback");
      }
    }),
    { numRuns: 60 },
  );
});
