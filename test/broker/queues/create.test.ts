import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { untilBlocked } from "../blocked.ts";
import { putEvent, rows, value } from "../test-queue.ts";

const db = useDatabase();

const create = (name: string | null, settings = "") =>
  value<number>(db.pool, `select broker.create_queue(name => $1 ${settings})`, [name]);

describe.each(["Audit.Queue-2_b", "select", "A", "Q".repeat(50)])("a queue named %s", (name) => {
  it("receives what is routed to it, and is dropped again", async () => {
    const id = await create(name);
    await db.pool.query("select broker.subscribe(event => 'ban.added', queue => $1)", [name]);
    const event = await putEvent(db.pool, "ban.added");
    expect(await rows(db.pool, "select event_id from broker.messages where queue_id = $1", [id])).toEqual([
      { event_id: event },
    ]);
    expect(await value(db.pool, "select waiting from broker.queue_status where queue = $1", [name])).toBe(1);
    await db.pool.query("select broker.drop_queue(name => $1, force => true)", [name]);
  });
});

it("has the settings asked for, and a partition named after it", async () => {
  const settings = {
    send_service_name: "Audit.SendService",
    send_queue_name: "Audit.SendQueue",
    receive_service_name: "Audit.ReciveService",
    lanes: 3,
    max_readers: 2,
    messages_per_reader: 10,
    max_attempts: 4,
    retry_delay: "00:00:05",
    retry_delay_max: "00:01:00",
  };
  const args = Object.entries(settings).map(([name, setting]) => `, ${name} => '${setting}'`);
  const id = await create("AuditQueue", args.join(""));
  expect(await value(db.pool, "select to_jsonb(q) from broker.queues q where id = $1", [id])).toMatchObject({
    ...settings,
    enabled: true,
    task: null,
  });
  expect(
    await value(db.pool, "select count(*) from broker.lanes where queue_id = $1 and low_id = 0", [id]),
  ).toBe(3);
  expect(
    await value(
      db.pool,
      "select inhparent::regclass::text from pg_inherits where inhrelid = 'broker.\"AuditQueue\"'::regclass",
    ),
  ).toBe("broker.messages");
});

it.each([
  null,
  "",
  " ",
  "1st",
  "_x",
  "with space",
  'quo"te',
  "Q".repeat(51),
  "ünicode",
  "events_000001000001",
])("refuses the name %j", async (name) => {
  await expect(create(name)).rejects.toMatchObject({
    code: "PA004",
    message: expect.stringContaining(`queue "${name ?? ""}": `),
    hint: expect.stringContaining("A name starts with a letter"),
  });
});

it.each([
  ["lanes => 0", "lanes_1_to_64"],
  ["lanes => 65", "lanes_1_to_64"],
  ["max_readers => 0", "max_readers_1_to_64"],
  ["messages_per_reader => 0", "messages_per_reader_positive"],
  ["max_attempts => 0", "max_attempts_positive"],
  ["max_attempts => 100000", "out of range"],
  ["retry_delay => '-1 second'", "retry_delay_not_negative"],
  ["retry_delay => '1 hour'", "retry_delay_max_not_less"],
  ["lanes => null", "lanes"],
])("refuses %s and makes nothing", async (setting, reason) => {
  await expect(create("RefusedQueue", `, ${setting}`)).rejects.toMatchObject({
    code: "PA004",
    message: expect.stringContaining(reason),
  });
  expect(await value(db.pool, "select to_regclass('broker.\"RefusedQueue\"')")).toBeNull();
});

it.each(["EmailQueue", "events", "queue_status", "delay_kind", "messages_lane_id_idx"])(
  "refuses %s: the name is taken",
  async (name) => {
    await expect(create(name)).rejects.toMatchObject({
      code: "PA003",
      message: `a queue or table "${name}" exists already`,
      hint: "Choose another name.",
    });
  },
);

it("names differ by case", async () => {
  await create("emailqueue");
  await db.pool.query("select broker.subscribe(event => 'ban.added', queue => 'emailqueue')");
  expect(
    await value(db.pool, "select count(*) from broker.t_chatserver_queue where name = 'emailqueue'"),
  ).toBe(1);
});

it("of two sessions that create it at once, one does and the other is told", async () => {
  const [one, two] = [await db.connect(), await db.connect()];
  await one.query("begin");
  await one.query("select broker.create_queue('RacedQueue')");
  const second = two.query("select broker.create_queue('RacedQueue')");
  const refused = expect(second).rejects.toMatchObject({ code: "PA003" });
  await untilBlocked(db.pool, two);
  await one.query("commit");
  await refused;
});
