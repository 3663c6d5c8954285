import { describe, expect, it } from "vitest";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson } = useCommands();

async function queue(name: string) {
  const rows = await parleyJson("queues");
  return rows.find((row: { queue: string }) => row.queue === name);
}

const routes = async (name: string) =>
  (await db.pool.query("select count(*)::int as n from broker.t_chatserver_queue where name = $1", [name]))
    .rows[0].n;

describe("queues", () => {
  it("shows a line a queue under aligned titles", async () => {
    const lines = (await parley("queues")).split("\n");
    expect(lines[0]).toMatch(/^queue +state +waiting +oldest +delayed +errors +readers/);
    expect(lines[1]).toMatch(/^PersistenceQueue +on +0 /);
  });

  it("shows what waits and since when", async () => {
    await db.pool.query(
      "insert into broker.events (name, data, put_at) values ('chat.started', '{}', now() - interval '1 hour')",
    );
    expect(await queue("WebHookQueue")).toMatchObject({ waiting: 1, readers: 0 });
    expect(await parley("queues")).toMatch(/WebHookQueue +on +1 +60 min/);
  });

  it("shows a paused queue as such", async () => {
    await parley("pause", "EmailQueue");
    expect(await parley("queues")).toMatch(/EmailQueue +paused/);
    await parley("resume", "EmailQueue");
    expect(await parley("queues")).toMatch(/EmailQueue +on/);
  });
});

describe("queues create and drop", () => {
  it("makes a queue with its settings, and removes it", async () => {
    expect(await parley("queues", "create", "AuditQueue", "--lanes", "2", "--max-attempts", "3")).toContain(
      "ready",
    );
    const { rows } = await db.pool.query(
      "select lanes, max_attempts from broker.queues where name = 'AuditQueue'",
    );
    expect(rows).toEqual([{ lanes: 2, max_attempts: 3 }]);

    expect(await parleyJson("queues", "drop", "AuditQueue")).toEqual({ queue: "AuditQueue", dropped: true });
    expect(await queue("AuditQueue")).toBeUndefined();
  });

  it("drops a queue that holds messages only when forced", async () => {
    await parley("queues", "create", "FullQueue");
    await parley("subscribe", "chat.queued", "FullQueue");
    await db.pool.query("select broker.put_event('chat.queued', '{}')");
    await expect(parley("queues", "drop", "FullQueue")).rejects.toMatchObject({ code: "PA006" });
    await parley("queues", "drop", "FullQueue", "--force");
    expect(await queue("FullQueue")).toBeUndefined();
  });

  it.each([
    [["create", "EmailQueue"], "PA003"],
    [["create", "no spaces allowed"], "PA004"],
    [["create", "NoLanes", "--lanes", "0"], "PA026"],
    [["create", "ManyLanes", "--lanes", "1000"], "PA004"],
    [["drop", "NoSuchQueue"], "PA002"],
  ])("refuses %j with %s", async (args, code) => {
    await expect(parley("queues", ...args)).rejects.toMatchObject({ code });
  });

  it("refuses an unknown subcommand and an unknown flag as wrong usage", async () => {
    await expect(parley("queues", "paint")).rejects.toMatchObject({
      code: "PA026",
      message: 'unknown command "queues paint"',
    });
    await expect(parley("queues", "--colour")).rejects.toMatchObject({ code: "commander.unknownOption" });
  });
});

describe("subscribe and unsubscribe", () => {
  it("change a route once, and say when nothing changed", async () => {
    expect(await routes("TicketQueue")).toBe(2);
    expect(await parley("subscribe", "ban.added", "TicketQueue")).toContain("from now on");
    expect(await routes("TicketQueue")).toBe(3);
    expect(await parleyJson("subscribe", "ban.added", "TicketQueue")).toMatchObject({ changed: false });
    expect(await parleyJson("unsubscribe", "ban.added", "TicketQueue")).toMatchObject({ changed: true });
    expect(await routes("TicketQueue")).toBe(2);
    expect(await parley("unsubscribe", "ban.added", "TicketQueue")).toContain("did not receive");
  });

  it("tell an unknown event from an unknown queue", async () => {
    await expect(parley("subscribe", "ban.adde", "TicketQueue")).rejects.toMatchObject({
      code: "PA001",
      hint: "Did you mean ban.added?",
    });
    await expect(parley("unsubscribe", "ban.added", "TiketQueue")).rejects.toMatchObject({
      code: "PA002",
      hint: "Did you mean TicketQueue?",
    });
  });
});

describe("pause and resume", () => {
  it("say whether they changed anything", async () => {
    expect(await parleyJson("pause", "ZendeskQueue")).toEqual({ queue: "ZendeskQueue", changed: true });
    expect(await parley("pause", "ZendeskQueue")).toBe("ZendeskQueue was paused already.\n");
    expect(await queue("ZendeskQueue")).toMatchObject({ enabled: false });
    expect(await parley("resume", "ZendeskQueue")).toBe("ZendeskQueue delivers again.\n");
    expect(await parley("resume", "ZendeskQueue")).toBe("ZendeskQueue was not paused.\n");
  });

  it("refuse an unknown queue", async () => {
    await expect(parley("pause", "zendeskqueu")).rejects.toMatchObject({
      code: "PA002",
      hint: "Did you mean ZendeskQueue?",
    });
  });
});
