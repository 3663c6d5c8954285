import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asRole } from "../../src/db/connect.ts";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson, file } = useCommands();

function useRole(role: string): void {
  beforeAll(() => void vi.stubEnv("DATABASE_URL", asRole(db.url, role)));
  afterAll(() => void vi.stubEnv("DATABASE_URL", db.url));
}

describe("an operator", () => {
  useRole("parley_operator");

  it.each([
    ["queues"],
    ["queues create AuditQueue"],
    ["subscribe chat.queued AuditQueue"],
    ["unsubscribe chat.queued AuditQueue"],
    ["pause AuditQueue"],
    ["resume AuditQueue"],
    ["replay AuditQueue --since 1d"],
    ["queues drop AuditQueue"],
    ["events --since 1d --key nobody --data"],
    ["errors"],
    ["errors redrive --code PA020"],
    ["errors discard --queue EmailQueue"],
    ["doctor"],
  ])("may run %s", async (command) => {
    expect(await parley(...command.split(" "))).not.toBe("");
  });

  it("may not put events", async () => {
    const put = parley("put", "chat.started", await file("chat.json", "{}"));
    await expect(put).rejects.toMatchObject({ code: "42501" });
  });
});

describe("a producer", () => {
  useRole("parley_producer");

  it("may put events", async () => {
    const { id } = await parleyJson("put", "chat.started", await file("chat.json", "{}"), "--run-at", "1h");
    expect(id).toBeGreaterThan(0);
    expect(await parley("put", "chat.started", await file("chats.ndjson", "{}\n{}\n"), "--lines")).toBe(
      "2 events put.\n",
    );
  });

  it.each([["events"], ["queues"], ["errors"], ["pause EmailQueue"], ["replay EmailQueue --since 1d"]])(
    "may not run %s",
    async (command) => {
      await expect(parley(...command.split(" "))).rejects.toMatchObject({ code: "42501" });
    },
  );
});

describe("a worker", () => {
  useRole("parley_worker");

  it("is told of an unknown event, though it may not read which there are", async () => {
    const put = parley("put", "chat.endet", await file("chat.json", "{}"));
    await expect(put).rejects.toMatchObject({
      code: "PA001",
      hint: expect.stringContaining("t_chatserver_event"),
    });
  });
});
