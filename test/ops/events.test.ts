import { beforeAll, describe, expect, it } from "vitest";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson } = useCommands();

interface Event {
  name: string;
  key: string | null;
}

beforeAll(async () => {
  await db.pool.query(
    `insert into broker.events (name, key, data, put_at) values
       ('chat.started', 'a', '{"Email": "jane@example.com"}', now() - interval '3 days'),
       ('ban.added', 'b', '{}', now() - interval '2 hours'),
       ('chat.started', null, '{"ChatGuid": "c-9"}', now())`,
  );
});

describe("events", () => {
  it("shows the newest first, and no data", async () => {
    const printed = await parley("events");
    const names = printed
      .split("\n")
      .slice(1, 4)
      .map((line) => line.split(/ {2,}/)[2]);
    expect(names).toEqual(["chat.started", "ban.added", "chat.started"]);
    expect(printed).not.toContain("jane@example.com");
    expect(JSON.stringify(await parleyJson("events"))).not.toContain("jane@example.com");
  });

  it("shows the data when asked", async () => {
    expect(await parley("events", "--key", "a", "--data")).toContain("jane@example.com");
  });

  it.each([
    [["--name", "ban.added"], ["b"]],
    [["--key", "a"], ["a"]],
    [["--since", "1d", "--name", "ban.added"], ["b"]],
    [["--since", "1h", "--key", "b"], []],
    [["--since", "2020-01-01", "--limit", "1", "--name", "chat.started", "--key", "a"], ["a"]],
  ])("finds with %j what was asked for", async (args, keys) => {
    const events: Event[] = await parleyJson("events", ...args);
    expect(events.map(({ key }) => key)).toEqual(keys);
  });

  it("finds an event by the key that the broker derives from its data", async () => {
    const [newest] = await parleyJson("events", "--limit", "1");
    expect(newest.key).toContain("c-9");
    expect(await parleyJson("events", "--key", newest.key)).toHaveLength(1);
  });

  it("shows no more than the limit", async () => {
    expect(await parleyJson("events", "--limit", "2")).toHaveLength(2);
  });

  it("says so when nothing matches", async () => {
    expect(await parley("events", "--key", "nobody")).toBe("No event matches.\n");
  });

  it.each([
    [["--name", "chat.begun"], "PA001"],
    [["--limit", "0"], "PA026"],
    [["--limit", "many"], "PA026"],
    [["--since", "lately"], "PA026"],
  ])("refuses %j with %s", async (args, code) => {
    await expect(parley("events", ...args)).rejects.toMatchObject({ code });
  });
});

describe("replay", () => {
  it("sends the events of a time range to one queue again", async () => {
    const before = await parleyJson("queues");
    const replay = await parleyJson("replay", "WebHookQueue", "--since", "4d", "--until", "1d");
    expect(replay).toMatchObject({ queue: "WebHookQueue", replayed: 1 });
    const after = await parleyJson("queues");
    const waiting = (rows: { queue: string; waiting: number }[]) =>
      Object.fromEntries(rows.map((row) => [row.queue, row.waiting]));
    expect(waiting(after)).toEqual({ ...waiting(before), WebHookQueue: 3 });
  });

  it("says so when there is nothing to replay", async () => {
    const printed = await parley("replay", "WebHookQueue", "--since", "2020-01-01", "--until", "2020-01-02");
    expect(printed).toBe("No event of WebHookQueue was put in that time.\n");
  });

  it.each([
    [["NoSuchQueue", "--since", "1d"], "PA002"],
    [["WebHookQueue", "--since", "1d", "--until", "2d"], "PA008"],
    [["WebHookQueue", "--since", "1 day"], "PA026"],
    [["WebHookQueue"], "commander.missingMandatoryOptionValue"],
  ])("refuses %j with %s", async (args, code) => {
    await expect(parley("replay", ...args)).rejects.toMatchObject({ code });
  });
});
