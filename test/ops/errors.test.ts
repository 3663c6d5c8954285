import { beforeEach, describe, expect, it } from "vitest";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson } = useCommands();

let ids: Record<"ticket" | "email" | "emailTimeout", number>;

beforeEach(async () => {
  await db.pool.query("delete from broker.error_messages");
  const insert = async (queue: string, code: string) => {
    const { rows } = await db.pool.query(
      `with event as (
         insert into broker.events (name, key, data) values ('chat.visitor.replied', 'k', '{"Email": "jane@example.com"}')
         returning *
       )
       insert into broker.error_messages
         (queue_id, message_id, event_id, event_name, key, put_at, failed_at, attempts, error_code, error, data)
       select q.id, e.id, e.id, e.name, e.key, e.put_at, now(), 3, $2, 'Rating: expected a number', e.data
       from event e, broker.queues q
       where q.name = $1
       returning id`,
      [queue, code],
    );
    return rows[0].id as number;
  };
  ids = {
    ticket: await insert("TicketQueue", "PA020"),
    email: await insert("EmailQueue", "PA020"),
    emailTimeout: await insert("EmailQueue", "PA022"),
  };
});

const listed = async (...args: string[]) =>
  (await parleyJson("errors", ...args)).map(({ id }: { id: number }) => id);

describe("errors", () => {
  it("lists the newest first, with the reason and without data", async () => {
    expect(await listed()).toEqual([ids.emailTimeout, ids.email, ids.ticket]);
    const printed = await parley("errors");
    expect(printed).toMatch(/EmailQueue .* chat\.visitor\.replied .* 3 +PA022 +Rating: expected a number/);
    expect(printed).not.toContain("jane@example.com");
  });

  it("filters by queue, code and id", async () => {
    expect(await listed("--queue", "EmailQueue")).toEqual([ids.emailTimeout, ids.email]);
    expect(await listed("list", "--code", "PA020")).toEqual([ids.email, ids.ticket]);
    expect(await listed("--id", `${ids.ticket}`, `${ids.email}`)).toEqual([ids.email, ids.ticket]);
    expect(await listed("--limit", "1")).toEqual([ids.emailTimeout]);
  });

  it("refuses an unknown queue instead of finding nothing", async () => {
    await expect(parley("errors", "--queue", "EmialQueue")).rejects.toMatchObject({
      code: "PA002",
      hint: "Did you mean EmailQueue?",
    });
  });
});

describe("errors show", () => {
  it("shows one message, its data only when asked", async () => {
    const printed = await parley("errors", "show", `${ids.ticket}`);
    expect(printed).toMatch(/^queue: +TicketQueue$/m);
    expect(printed).toMatch(/^error: +Rating: expected a number$/m);
    expect(printed).not.toContain("jane@example.com");
    expect(await parley("errors", "show", `${ids.ticket}`, "--data")).toContain(
      '"Email": "jane@example.com"',
    );
    expect(await parleyJson("errors", "show", `${ids.ticket}`)).not.toHaveProperty("data");
  });

  it("refuses an id that is not there, or none at all", async () => {
    await expect(parley("errors", "show", "999999")).rejects.toMatchObject({ code: "PA007" });
    await expect(parley("errors", "show", "first")).rejects.toMatchObject({ code: "PA026" });
  });
});

describe("errors redrive", () => {
  it("sends the messages of a queue with that code back", async () => {
    const printed = await parley("errors", "redrive", "--queue", "EmailQueue", "--code", "PA022");
    expect(printed).toBe("1 message redriven.\n");
    expect(await listed()).toEqual([ids.email, ids.ticket]);
    const { rows } = await db.pool.query(
      "select waiting from broker.queue_status where queue = 'EmailQueue'",
    );
    expect(rows[0].waiting).toBe(1);
  });

  it("takes several ids", async () => {
    const ids_ = ["--id", `${ids.ticket}`, "--id", `${ids.email}`];
    expect(await parleyJson("errors", "redrive", ...ids_)).toEqual({ redriven: 2 });
  });

  it("says so when nothing matches", async () => {
    expect(await parley("errors", "redrive", "--code", "PA999")).toBe("No message matches.\n");
  });
});

describe("errors discard", () => {
  it("deletes the messages asked for and no other", async () => {
    expect(await parley("errors", "discard", "--code", "PA020")).toBe("2 messages discarded.\n");
    expect(await listed()).toEqual([ids.emailTimeout]);
  });
});

describe.each(["redrive", "discard"])("errors %s", (action) => {
  it("refuses to take everything for want of a filter", async () => {
    await expect(parley("errors", action)).rejects.toMatchObject({ code: "PA026" });
    expect(await listed()).toHaveLength(3);
  });

  it("refuses an unknown id and an unknown queue", async () => {
    await expect(parley("errors", action, "--id", "999999")).rejects.toMatchObject({ code: "PA007" });
    await expect(parley("errors", action, "--queue", "Nowhere")).rejects.toMatchObject({ code: "PA002" });
    expect(await listed()).toHaveLength(3);
  });
});
