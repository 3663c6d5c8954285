import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { TestQueue, value } from "../test-queue.ts";

const db = useDatabase();

describe.each(["redrive", "discard"])("%s", (verb) => {
  let queue: TestQueue;
  let other: TestQueue;
  let ids: number[];

  /** In `queue`: two errors of code A, one of B; in `other`: one of A. */
  beforeEach(async () => {
    await db.pool.query("delete from broker.error_messages");
    queue = await TestQueue.create(db.pool);
    other = await TestQueue.create(db.pool);
    for (const [target, code] of [
      [queue, "A"],
      [queue, "A"],
      [queue, "B"],
      [other, "A"],
    ] as const) {
      await target.put();
      await target.fail(await target.receive(), { code, reject: true });
    }
    ids = [...(await queue.errors()), ...(await other.errors())].map(({ id }) => id);
  });

  const select = (filters: object) => {
    const names = Object.keys(filters);
    const args = names.map((name, index) => `${name} => $${index + 1}`).join(", ");
    return value<number>(db.pool, `select broker.${verb}(${args})`, Object.values(filters));
  };

  const left = async () => [...(await queue.errors()), ...(await other.errors())].map(({ id }) => id);

  it.each<[string, () => object, number[]]>([
    ["ids", () => ({ ids: [ids[0], ids[3]] }), [0, 3]],
    ["an id given twice", () => ({ ids: [ids[0], ids[0]] }), [0]],
    ["no ids", () => ({ ids: [] }), []],
    ["queue", () => ({ queue: queue.name }), [0, 1, 2]],
    ["code", () => ({ error_code: "A" }), [0, 1, 3]],
    ["a code that no error has", () => ({ error_code: "C" }), []],
    ["queue and code", () => ({ queue: queue.name, error_code: "A" }), [0, 1]],
    ["ids and queue", () => ({ ids: [ids[2], ids[3]], queue: other.name }), [3]],
    ["ids, queue and code", () => ({ ids, queue: queue.name, error_code: "B" }), [2]],
  ])("by %s takes those that match, and says how many", async (_filter, filters, taken) => {
    expect(await select(filters())).toBe(taken.length);
    expect(await left()).toEqual(ids.filter((_, index) => !taken.includes(index)));
  });

  it("without any filter does nothing and asks for one", async () => {
    await expect(select({})).rejects.toMatchObject({
      code: "PA004",
      message: "say which error messages: by ids, queue or error_code",
    });
    await expect(select({ queue: null })).rejects.toMatchObject({ code: "PA004" });
    expect(await left()).toEqual(ids);
  });

  it("names an id that is not there, and leaves the others alone", async () => {
    await expect(select({ ids: [ids[0], 999_999] })).rejects.toMatchObject({
      code: "PA007",
      message: "unknown error message 999999",
    });
    expect(await left()).toEqual(ids);
  });

  it("names an unknown queue", async () => {
    await expect(select({ queue: "Nowhere" })).rejects.toMatchObject({
      code: "PA002",
      message: 'unknown queue "Nowhere"',
    });
  });
});
