import type pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Queryable } from "../../src/ops/call-broker.ts";
import { snapshotsHeldLongerThan } from "../../src/ops/doctor/held-snapshots.ts";
import { examine } from "../../src/ops/doctor/index.ts";
import { serverVersion } from "../../src/ops/doctor/server-version.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

let client: pg.Client;

// Whatever a test breaks is rolled back.
beforeEach(async () => {
  client = await db.connect();
  await client.query("begin");
  onTestFinished(async () => void (await client.query("rollback")));
});

async function findings(check: string, session: Queryable = client) {
  return (await examine(session)).filter((diagnosis) => diagnosis.check === check);
}

const one = (status: string, text: string) => [
  expect.objectContaining({ status, text: expect.stringContaining(text) }),
];

it("finds no problem in a database just migrated", async () => {
  const diagnoses = await examine(client);
  expect(diagnoses.filter(({ status }) => status === "problem")).toEqual([]);
});

it("tells what to do about everything that is not ok", async () => {
  await client.query("alter sequence broker.message_id_seq cache 20");
  const notOk = (await examine(client)).filter(({ status }) => status !== "ok");
  expect(notOk.length).toBeGreaterThan(0);
  expect(notOk.filter(({ advice }) => !advice)).toEqual([]);
});

describe("server version", () => {
  const server = (version: string) =>
    ({ query: async () => ({ rows: [{ version }] }) }) as unknown as Queryable;

  it.each([
    ["14.9", "problem"],
    ["15.0 (Debian)", "ok"],
    ["18.4", "ok"],
    ["19beta1", "warning"],
  ])("%s is judged: %s", async (version, status) => {
    expect((await serverVersion.run(server(version)))[0]?.status).toBe(status);
  });
});

describe("server settings", () => {
  it("warns of commits that a crash can lose", async () => {
    await client.query("set local synchronous_commit = off");
    expect(await findings("server settings")).toEqual(one("warning", "synchronous_commit = off"));
  });
});

describe("roles", () => {
  it("warns a login that is no operator, and goes on", async () => {
    const producer = await db.connect("parley_producer");
    expect(await findings("roles", producer)).toEqual(one("warning", "parley_producer, is no operator"));
    expect(await findings("queues", producer)).toEqual(one("warning", "could not be checked"));
  });

  it("lets an operator check everything", async () => {
    const operator = await db.connect("parley_operator");
    const unchecked = (await examine(operator)).filter(({ text }) => text.includes("could not be checked"));
    expect(unchecked).toEqual([]);
  });
});

describe("migrations", () => {
  it("are a problem when the database lacks one", async () => {
    await client.query(
      "delete from graphile_migrate.migrations where filename = (select max(filename) from graphile_migrate.migrations)",
    );
    expect(await findings("migrations")).toEqual(one("problem", "the database lacks 0"));
  });

  it("are a problem when the database has one more", async () => {
    await client.query(
      "insert into graphile_migrate.migrations (hash, filename) values ('sha1:later', '999999-later.sql')",
    );
    expect(await findings("migrations")).toEqual(one("problem", "newer than this program: 999999-later.sql"));
  });
});

describe("connections", () => {
  it("warns when the readers could take more than there are", async () => {
    await client.query("update broker.queues set lanes = 64, max_readers = 64");
    expect(await findings("connections")).toEqual(one("warning", "takes up to 399"));
  });
});

describe("autovacuum", () => {
  it("is a problem where it is off", async () => {
    await client.query(`alter table broker."EmailQueue" set (autovacuum_enabled = false)`);
    expect(await findings("autovacuum")).toEqual(one("problem", 'off for broker."EmailQueue"'));
  });

  it("warns of a queue table that has lost its settings", async () => {
    await client.query(`alter table broker."EmailQueue" reset (autovacuum_vacuum_threshold)`);
    expect(await findings("autovacuum")).toEqual(one("warning", '"EmailQueue" has lost its own settings'));
  });
});

describe("held snapshots", () => {
  it("warns of a session that stays in its transaction", async () => {
    await client.query("select 1");
    const found = await snapshotsHeldLongerThan(0).run(db.pool);
    const { rows } = await client.query("select pg_backend_pid() as pid");
    expect(found).toContainEqual(
      expect.objectContaining({
        status: "warning",
        text: expect.stringContaining(`session ${rows[0].pid} (test, idle in transaction)`),
      }),
    );
  });

  it("warns of a replication slot without a subscriber", async () => {
    const slot = `parley_doctor_${process.pid}`;
    await db.pool.query("select pg_create_physical_replication_slot($1, true)", [slot]);
    const found = await snapshotsHeldLongerThan(300).run(db.pool);
    await db.pool.query("select pg_drop_replication_slot($1)", [slot]);
    expect(found).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining(`replication slot ${slot} has no subscriber`),
      }),
    );
  });
});

describe("event log", () => {
  it("is a problem when no partition covers the next event", async () => {
    await client.query("select setval('broker.event_id_seq', 1000000000)");
    onTestFinished(async () => void (await db.pool.query("select setval('broker.event_id_seq', 1, false)")));
    expect(await findings("event log")).toEqual(one("problem", "no partition covers the newest events"));
  });

  it("warns when few partitions are ready ahead", async () => {
    await client.query("update broker.settings set partitions_ahead = 100");
    expect(await findings("event log")).toEqual(one("warning", "ready ahead of 100"));
  });
});

describe("sequences", () => {
  it("are a problem when sessions may hoard message ids", async () => {
    await client.query("alter sequence broker.message_id_seq cache 20");
    expect(await findings("sequences")).toEqual(one("problem", "broker.message_id_seq has cache 20"));
  });
});

describe("queues", () => {
  it("warns of a paused one", async () => {
    await client.query("select broker.pause_queue('EmailQueue')");
    expect(await findings("queues")).toEqual(one("warning", "EmailQueue is paused, 0 messages waiting"));
  });

  it("warns of messages for which there was never a consumer", async () => {
    await client.query("select broker.put_event('chat.started', '{}')");
    expect(await findings("queues")).toEqual(
      one("warning", "WebHookQueue has never had a consumer, 1 message"),
    );
  });

  it("is a problem when a queue that has a consumer is not read", async () => {
    await client.query("select broker.register_consumer('WebHookQueue', 'consumers/webhook')");
    await client.query(
      "insert into broker.events (name, data, put_at) values ('chat.started', '{}', now() - interval '5 minutes')",
    );
    expect(await findings("queues")).toEqual(
      one("problem", "nobody reads WebHookQueue, 1 message waiting for up to 5 min"),
    );
  });

  it("warns of errors that nobody looked after for a day", async () => {
    await client.query(
      `insert into broker.error_messages
         (queue_id, message_id, event_id, event_name, put_at, failed_at, attempts, error_code, error, data)
       select id, 1, 1, 'chat.started', now(), now() - interval '3 days', 1, 'PA020', 'bad', '{}'
       from broker.queues where name = 'WebHookQueue'`,
    );
    expect(await findings("queues")).toEqual(
      one("warning", "WebHookQueue has 1 message in the error queue for up to 3 d"),
    );
  });
});

describe("clock", () => {
  it("is a problem when it was stopped for tests and left so", async () => {
    await client.query("set local parley.now = '2026-01-01T00:00:00Z'");
    expect(await findings("clock")).toEqual(one("problem", "parley.now stops the broker's clock"));
  });
});

describe("an empty database", () => {
  const empty = useDatabase({ empty: true });

  it("is told to migrate, and spared the checks of what is not there", async () => {
    const diagnoses = await examine(empty.pool);
    expect(diagnoses.find(({ check }) => check === "migrations")?.advice).toBe("Run: ./parley migrate");
    expect(diagnoses.map(({ check }) => check)).not.toContain("queues");
  });
});

describe("destinations", () => {
  beforeEach(async () => {
    await client.query("insert into chat.accounts (id, name) values (1, 'An account')");
    await client.query(
      "insert into outbound.destinations (account_id, kind, name) values (1, 'ticket', 'Ours')",
    );
  });

  it("finds those whose queue has been dropped", async () => {
    await client.query("select broker.drop_queue('TicketQueue')");
    expect(await findings("destinations")).toEqual(one("problem", "there is no TicketQueue"));
  });

  it("finds those to whose queue nothing is routed, unless they are disabled", async () => {
    await client.query("delete from broker.t_chatserver_queue where name = 'TicketQueue'");
    expect(await findings("destinations")).toEqual(one("problem", "no event is routed to TicketQueue"));
    await client.query("update outbound.destinations set enabled = false");
    expect(await findings("destinations")).toEqual(one("ok", "1 destination"));
  });
});
