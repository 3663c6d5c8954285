import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson, file } = useCommands();

async function logged(id: number) {
  const { rows } = await db.pool.query("select * from broker.events where id = $1", [id]);
  return rows[0];
}

const countEvents = async () =>
  (await db.pool.query("select count(*)::int as n from broker.events")).rows[0].n;

/** Lets `parley` read this text as its standard input. */
function typing(text: string, isTTY = false) {
  const input = Object.assign(Readable.from([Buffer.from(text)]), { isTTY });
  const stdin = vi.spyOn(process, "stdin", "get").mockReturnValue(input as unknown as typeof process.stdin);
  return { [Symbol.dispose]: () => stdin.mockRestore() };
}

describe("put", () => {
  it("puts a file's document and says which queues receive it", async () => {
    const path = await file("chat.json", '{"ChatGuid": "c-1"}');
    expect(await parley("put", "chat.started", path)).toMatch(/^Event \d+ put, routed to WebHookQueue\.\n$/);
  });

  it("says so when nobody subscribes", async () => {
    const path = await file("reply.json", "{}");
    expect(await parley("put", "chat.visitor.replied", path)).toContain("put; no queue subscribes to it.");
  });

  it("prints id and queues as JSON", async () => {
    const put = await parleyJson("put", "chat.ended", await file("chat.json", '{"ChatGuid": "c-2"}'));
    expect(put.queues).toHaveLength(6);
    expect((await logged(put.id)).data).toEqual({ ChatGuid: "c-2" });
  });

  it.each([[["-"]], [[]]])("reads standard input with %j for a file", async (args) => {
    using _ = typing('{"ChatGuid": "c-3"}');
    const { id } = await parleyJson("put", "chat.started", ...args);
    expect((await logged(id)).data).toEqual({ ChatGuid: "c-3" });
  });

  it("asks for a document instead of waiting at a terminal", async () => {
    using _ = typing("", true);
    await expect(parley("put", "chat.started")).rejects.toMatchObject({ code: "PA026" });
  });

  it("takes key, dedupe id and a time ahead", async () => {
    const args = [
      "put",
      "chat.started",
      await file("chat.json", "{}"),
      "--key",
      "k",
      "--dedupe-id",
      "d",
      "--run-at",
      "2h",
    ];
    const { id } = await parleyJson(...args);
    const event = await logged(id);
    expect(event).toMatchObject({ key: "k", dedupe_id: "d" });
    expect((event.run_at - event.put_at) / 3_600_000).toBeCloseTo(2, 2);
    expect(await parleyJson(...args)).toMatchObject({ id });
  });

  it("stores 10 MB, and numbers digit by digit", async () => {
    const path = await file(
      "large.json",
      `{"Text": "${"x".repeat(10_000_000)}", "Id": 12345678901234567890.5}`,
    );
    const { id } = await parleyJson("put", "chat.started", path);
    const { rows } = await db.pool.query(
      "select length(data ->> 'Text') as length, data ->> 'Id' as number from broker.events where id = $1",
      [id],
    );
    expect(rows[0]).toEqual({ length: 10_000_000, number: "12345678901234567890.5" });
  });
});

describe("put refuses", () => {
  it("an unknown event, and names those near it", async () => {
    const path = await file("chat.json", "{}");
    await expect(parley("put", "chat.endet", path)).rejects.toMatchObject({
      code: "PA001",
      message: 'unknown event "chat.endet"',
      hint: "Did you mean chat.ended?",
    });
  });

  it("an event like none, and names all there are", async () => {
    const path = await file("chat.json", "{}");
    await expect(parley("put", "invoice.paid", path)).rejects.toMatchObject({
      hint: expect.stringContaining("chat.queued, chat.started"),
    });
  });

  it.each([
    ["a file that is not there", "/no/such/file.json", "/no/such/file.json cannot be read: no such file"],
    ["a folder", "/", "/ cannot be read: it is a folder"],
  ])("%s", async (_, path, message) => {
    await expect(parley("put", "chat.started", path)).rejects.toMatchObject({ code: "PA017", message });
  });

  it("a document in place of a file, without repeating it", async () => {
    await expect(parley("put", "chat.started", '{"Email": "jane@example.com"}')).rejects.toMatchObject({
      code: "PA026",
      message: expect.not.stringContaining("jane"),
    });
  });

  it("what is not UTF-8", async () => {
    const path = await file("utf16.json", Buffer.from("\ufeff{}", "utf16le"));
    await expect(parley("put", "chat.started", path)).rejects.toMatchObject({ code: "PA018" });
  });

  it("numbers beyond PostgreSQL's reach", async () => {
    const path = await file("number.json", '{"Id": 1e999999}');
    await expect(parley("put", "chat.started", path)).rejects.toMatchObject({ code: "PA019" });
  });

  it("nesting beyond PostgreSQL's reach", async () => {
    const path = await file("deep.json", "[".repeat(100_000) + "]".repeat(100_000));
    await expect(parley("put", "chat.started", path)).rejects.toMatchObject({ code: "PA019" });
  });

  it.each([
    ["--run-at", "tomorrow"],
    ["--key", "k".repeat(513)],
  ])("a bad %s", async (option, value) => {
    const path = await file("chat.json", "{}");
    await expect(parley("put", "chat.started", path, option, value)).rejects.toMatchObject({ code: "PA026" });
  });
});

describe("put --lines", () => {
  it("puts an event a line, in order", async () => {
    const path = await file("chats.ndjson", '{"n": 1}\n{"n": 2}\n\n{"n": 3}\n');
    expect(await parley("put", "chat.started", path, "--lines", "--key", "l")).toBe(
      "3 events put, routed to WebHookQueue.\n",
    );
    const { rows } = await db.pool.query("select data from broker.events where key = 'l' order by id");
    expect(rows.map(({ data }) => data.n)).toEqual([1, 2, 3]);
  });

  it("puts none when one line is faulty, and names that line", async () => {
    const before = await countEvents();
    const path = await file("chats.ndjson", '{"n": 1}\n{"n": }\n');
    await expect(parley("put", "chat.started", path, "--lines")).rejects.toMatchObject({
      code: "PA018",
      message: expect.stringContaining("line 2"),
    });
    expect(await countEvents()).toBe(before);
  });

  it("cannot go with a dedupe id", async () => {
    const path = await file("chats.ndjson", "{}\n");
    const put = parley("put", "chat.started", path, "--lines", "--dedupe-id", "d");
    await expect(put).rejects.toMatchObject({ code: "PA026" });
  });
});
