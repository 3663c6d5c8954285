import type { Client } from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column } from "../test-queue.ts";
import { useLogin } from "./login.ts";

const db = useDatabase();

/** What nobody but the owner may do. */
const FOR_NOBODY = [
  "truncate broker.events",
  "delete from broker.events",
  "update broker.events set data = '{}'",
  "insert into broker.events (id, name, data) values (1, 'ban.added', '{}')",
  "insert into broker.events (name, data, put_at) values ('ban.added', '{}', '2000-01-01')",
  "insert into broker.events_default (name, data) values ('ban.added', '{}')",
  "insert into broker.messages values (1, 1, 1, 1)",
  'delete from broker."EmailQueue"',
  "update broker.delayed_messages set run_at = now()",
  "delete from broker.error_messages",
  "update broker.error_messages set data = '{}'",
  "insert into broker.queues (name) values ('Queue')",
  "update broker.queues set name = 'Queue'",
  "update broker.queues set lanes = 1",
  "delete from broker.queues",
  "insert into broker.routes values ('ban.added', 1, 1)",
  "delete from broker.settings",
  "update broker.lanes set low_id = 0",
  "update broker.activations set armed = true",
  "delete from broker.dedupe_ids",
  "insert into broker.deliveries values (1, now(), 1, 1, 1)",
  "select setval('broker.message_id_seq', 1)",
  "select setval('broker.event_id_seq', 1)",
  "create table broker.mine ()",
  "create table public.mine ()",
  "alter table broker.events disable trigger all",
  "drop function broker.fan_out() cascade",
  "drop table broker.events",
  "set role pg_read_all_data",
  "create role somebody",
];

const PUT = [
  "insert into broker.events (name, data) values ('ban.added', '{}')",
  "copy broker.events (name, data) from stdin",
];
const PUT_BY_FUNCTION = ["select broker.put_event('ban.added', '{}')"];
const READ_CONTENT = [
  "select data from broker.events",
  "select from broker.error_messages",
  "select from broker.delayed_messages",
  'select from broker."EmailQueue"',
  "select from broker.dedupe_ids",
];
const READ_QUEUE = [
  "select broker.register_consumer('EmailQueue', 'mine')",
  "select broker.balance_lanes(2, gen_random_uuid(), '{}')",
  "select broker.receive(2, '{0}', '{0}', 1)",
  "select broker.confirm(2, '{0}', '{0}')",
  "select broker.confirm_delayed(2, '{0}')",
  "select broker.fail(2, '[]')",
  "select broker.save_progress(2, '{0}', '{0}')",
  "select broker.release_lanes(2, '{0}', '{0}')",
  "select broker.retire_reader(2)",
  "select broker.disarm(2)",
  "select broker.sweep()",
  "call broker.maintain()",
  "call broker.take_checkpoint()",
];
const WATCH = ["select from broker.queue_status", "select name from broker.queues"];
const OPERATE = [
  "select broker.create_queue('Mine')",
  "select broker.drop_queue('EmailQueue')",
  "select broker.subscribe('ban.added', 'EmailQueue')",
  "select broker.unsubscribe('chat.ended', 'EmailQueue')",
  "select broker.pause_queue('EmailQueue')",
  "select broker.resume_queue('EmailQueue')",
  "select broker.redrive(queue => 'EmailQueue')",
  "select broker.discard(queue => 'EmailQueue')",
  "select broker.replay('EmailQueue', '2000-01-01')",
  "insert into broker.t_chatserver_event (name) values ('mine')",
  "update broker.t_chatserver_event set name = name",
  "delete from broker.t_chatserver_queue",
  "update broker.settings set event_retention = '1 day'",
  "update broker.queues set max_attempts = 1",
];

describe.each([
  ["parley_producer", [READ_CONTENT, READ_QUEUE, WATCH, OPERATE]],
  ["parley_worker", [PUT, READ_CONTENT, OPERATE]],
  ["parley_operator", [PUT, PUT_BY_FUNCTION, READ_QUEUE, ["select from broker.dedupe_ids"]]],
  ["parley_analyst", [PUT, PUT_BY_FUNCTION, READ_CONTENT, READ_QUEUE, WATCH, OPERATE]],
  ["parley_administrator", [PUT, PUT_BY_FUNCTION, READ_CONTENT, READ_QUEUE, WATCH, OPERATE]],
  ["parley_web", [PUT, PUT_BY_FUNCTION, READ_CONTENT, READ_QUEUE, WATCH, OPERATE]],
])("%s may not", (role, jobsOfOthers) => {
  const login = useLogin(db, role);
  let session: Client;
  beforeAll(async () => {
    session = await login.connect();
  });

  beforeEach(() => session.query("begin"));
  afterEach(() => session.query("rollback"));

  it.each([...FOR_NOBODY, ...jobsOfOthers.flat()])("%s", async (statement) => {
    await expect(session.query(statement)).rejects.toMatchObject({ code: "42501" });
  });
});

const VIEWED = ["_depth", "_oldest_put_at", "_readers", "clock", "now"];

it.each([
  ["public", []],
  ["parley_producer", ["clock", "now", "put_event"]],
  [
    "parley_worker",
    [
      ...VIEWED,
      ...[
        "balance_lanes",
        "release_lanes",
        "save_progress",
        "count_deliveries",
        "retire_reader",
        "has_messages",
      ],
      ...["register_consumer", "disarm", "receive", "confirm", "confirm_delayed", "fail", "take_checkpoint"],
      ...["register_consumers", "crashes_of", "record_suspects", "clear_suspects", "sweep", "put_event"],
      ...["maintain", "add_event_partitions", "drop_expired_events", "compact_deliveries"],
      ...["forget_dedupe_ids", "forget_suspects"],
    ],
  ],
  [
    "parley_operator",
    [
      ...VIEWED,
      ...["create_queue", "drop_queue", "subscribe", "unsubscribe", "pause_queue", "resume_queue"],
      ...["redrive", "discard", "replay", "conversation_group"],
    ],
  ],
  ["parley_analyst", []],
  ["parley_administrator", []],
  ["parley_web", []],
])("%s may call these functions of the broker and no other", async (role, functions) => {
  const callable = await column<string>(
    db.pool,
    `select proname from pg_proc p
     where pronamespace = 'broker'::regnamespace and has_function_privilege($1, p.oid, 'execute')`,
    [role],
  );
  expect(callable.sort()).toEqual(functions.toSorted());
});

it("no role is a member of another, but that administrators are analysts, and a login of the web may become some", async () => {
  const { rows } = await db.pool.query(
    `select m.roleid::regrole::text as role, m.member::regrole::text, to_jsonb(m) ->> 'inherit_option' as inherits
     from pg_auth_members m where m.member in (select oid from pg_roles where rolname ~ '^parley_') order by 1, 2`,
  );
  // Before PostgreSQL 16 it is the member that inherits or not.
  const inherits = (does: boolean) => (rows[0]?.inherits === null ? null : String(does));
  expect(rows).toEqual([
    { role: "parley_administrator", member: "parley_web", inherits: inherits(false) },
    { role: "parley_analyst", member: "parley_administrator", inherits: inherits(true) },
    { role: "parley_analyst", member: "parley_web", inherits: inherits(false) },
    { role: "parley_producer", member: "parley_web", inherits: inherits(false) },
  ]);
  expect(await column(db.pool, "select rolinherit from pg_roles where rolname = 'parley_web'")).toEqual([
    false,
  ]);
});
