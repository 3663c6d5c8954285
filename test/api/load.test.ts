import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { Gate } from "../../src/api/gate.ts";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

let analyst: string;
beforeAll(async () => {
  analyst = await token("analyst", 1);
});

const post = (query: string) =>
  api.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Bearer ${analyst}`, "content-type": "application/json" },
    payload: { query },
  });

describe("a gate", () => {
  it("lets so many in, has so many wait in order, and refuses the rest", async () => {
    const gate = new Gate({ places: 1, each: 1, queue: 2, waitMs: 60_000 });
    const order: string[] = [];
    await gate.enter(1);
    const second = gate.run(1, async () => void order.push("second"));
    const third = gate.run(1, async () => void order.push("third"));
    await expect(gate.enter(1)).rejects.toMatchObject({ code: "BUSY", headers: { "retry-after": "1" } });
    gate.leave(1);
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
    await gate.enter(1);
  });

  it("has nobody wait longer than it says, and loses no place by that", async () => {
    const gate = new Gate({ places: 1, each: 1, queue: 2, waitMs: 10 });
    await gate.enter(1);
    await expect(gate.enter(1)).rejects.toMatchObject({ code: "BUSY" });
    gate.leave(1);
    await gate.enter(1);
    gate.leave(1);
  });

  it("frees the place of work that fails", async () => {
    const gate = new Gate({ places: 1, each: 1, queue: 0, waitMs: 10 });
    await expect(gate.run(1, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
    await gate.run(1, async () => {});
  });
});

describe("a gate that one account floods", () => {
  const FLOOD = 1;

  it("keeps places for the others", async () => {
    const gate = new Gate({ places: 3, each: 2, queue: 10, waitMs: 10 });
    await gate.enter(FLOOD);
    await gate.enter(FLOOD);
    await expect(gate.enter(FLOOD)).rejects.toMatchObject({ code: "BUSY" });
    await gate.enter(2);
    expect(gate.inside).toBe(3);
  });

  it("lets those in first who have fewer places, however long the others wait", async () => {
    const gate = new Gate({ places: 3, each: 3, queue: 10, waitMs: 60_000 });
    const order: string[] = [];
    for (let n = 0; n < 3; n++) await gate.enter(FLOOD);
    const waiting = ["first of the flood", "second of the flood"].map((name) =>
      gate.run(FLOOD, async () => void order.push(name)),
    );
    waiting.push(gate.run(2, async () => void order.push("another account")));
    waiting.push(gate.run(undefined, async () => void order.push("a token of all accounts")));
    gate.leave(FLOOD);
    await Promise.all(waiting);
    expect(order[0]).toBe("another account");
    expect(order[1]).toBe("a token of all accounts");
    expect(order.slice(2)).toEqual(["first of the flood", "second of the flood"]);
  });

  it("has it give way where the queue is full", async () => {
    const gate = new Gate({ places: 1, each: 1, queue: 3, waitMs: 60_000 });
    await gate.enter(FLOOD);
    const flood = [1, 2, 3].map((n) => gate.run(FLOOD, async () => n));
    const refusals = Promise.allSettled(flood);
    const other = gate.run(2, async () => "served");
    await expect(gate.enter(FLOOD)).rejects.toMatchObject({ code: "BUSY" });
    gate.leave(FLOOD);
    expect(await other).toBe("served");
    expect((await refusals).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(gate).toMatchObject({ inside: 0, waiting: 0 });
  });
});

it("the requests of one account are answered while another one's hang", async () => {
  await createTwoAccounts(db.pool);
  const other = await token("analyst", 2);
  const asOther = () => api.query(other, "{ teams(first: 1) { nodes { name } } }");
  // The schema is built for the first one, which looks at all tables.
  await asOther();
  const lock = await db.connect();
  await lock.query("begin; lock table chat.users");
  const flood = Array.from({ length: 200 }, (_, n) => post(`{ a${n}: agents(first: 1) { nodes { id } } }`));
  await Promise.race(flood);
  const { data } = await asOther();
  expect(data.teams.nodes).toEqual([{ name: "Other team" }]);
  await lock.query("rollback");
  await Promise.all(flood);
});

it("more requests than can wait are refused with 503 and Retry-After, and later ones are served", async () => {
  const lock = await db.connect();
  await lock.query("begin; lock table chat.users");
  const answers = Array.from({ length: 200 }, (_, n) => post(`{ a${n}: agents(first: 1) { nodes { id } } }`));
  const first = await Promise.race(answers);
  expect(first.statusCode).toBe(503);
  expect(first.headers["retry-after"]).toBe("1");
  expect(first.json().errors[0].extensions.code).toBe("BUSY");
  // Probes have connections of their own.
  expect((await api.app.inject("/readyz")).statusCode).toBe(200);
  await lock.query("rollback");
  const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(9);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  expect((await post("{ agents(first: 1) { nodes { id } } }")).statusCode).toBe(200);
});

it("a flood of different, deep, huge and wrong queries keeps memory flat", { timeout: 120_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const wide = (n: number) =>
    `{ agents(first: 1) { nodes { ${Array.from({ length: 290 }, (_, i) => `a${n}_${i}: name`).join(" ")} } } }`;
  const kinds: ((n: number) => string)[] = [
    (n) => `{ a${n}: __typename }`,
    (n) => `{ agents(first: ${n % 1000}) { nodes { a${n}: id } } }`,
    (n) => `{ a${n} }`,
    (n) => `{ a${n}`,
    (n) => `{ a${n} ${"{a".repeat(1000)}`,
    (n) => `# ${n} ${"x".repeat(25_000)}`,
    (n) => `# ${n} ${"x".repeat(19_000)}\n{ __typename }`,
    (n) => `{ agents { nodes { a${n}: id } } }`,
  ];
  const flood = async (from: number, count: number) => {
    for (let n = from; n < from + count; n += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => post(kinds[(n + i) % kinds.length]!(n + i))));
    }
    // The largest that is executed, and remembered.
    for (let n = 0; n < count / 50; n++) await post(wide(from + n));
  };
  const usedMb = () => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  await flood(0, 4000);
  api.logged.length = 0;
  const before = usedMb();
  await flood(10_000, 4000);
  api.logged.length = 0;
  const after = usedMb();
  expect(after - before).toBeLessThan(20);
});
