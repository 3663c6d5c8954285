import { beforeAll, describe, expect, it } from "vitest";
import { SharedRuns } from "../../src/api/shared-runs.ts";
import { column } from "../broker/test-queue.ts";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

describe("runs of a kind", () => {
  /** A run that begins and ends when it is told to, and answers its number. */
  const startRuns = () => {
    const started: { begin: () => void; end: (failure?: Error) => void }[] = [];
    const work = (begin: () => void) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const n = started.length;
      started.push({ begin, end: (failure) => (failure ? reject(failure) : resolve(n)) });
      return promise;
    };
    return { started, work };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("whoever comes before it begins shares it; whoever comes later shares the next, which waits for its end", async () => {
    const { started, work } = startRuns();
    const runs = new SharedRuns<number>();
    const [first, alsoFirst] = [runs.run("a", work), runs.run("a", work)];
    await settled();
    const stillFirst = runs.run("a", work);
    started[0]!.begin();
    const [second, alsoSecond] = [runs.run("a", work), runs.run("a", work)];
    await settled();
    expect(started).toHaveLength(1);
    started[0]!.end();
    expect(await Promise.all([first, alsoFirst, stillFirst])).toEqual([0, 0, 0]);
    await settled();
    started[1]!.end();
    expect(await Promise.all([second, alsoSecond])).toEqual([1, 1]);
  });

  it("other kinds run at the same time", async () => {
    const { started, work } = startRuns();
    const runs = new SharedRuns<number>();
    const both = [runs.run("a", work), runs.run("b", work)];
    await settled();
    for (const { end } of started) end();
    expect(await Promise.all(both)).toEqual([0, 1]);
  });

  it("a failure is shared by those who waited for it, and by nobody after them", async () => {
    const { started, work } = startRuns();
    const runs = new SharedRuns<number>();
    const first = [runs.run("a", work), runs.run("a", work)].map((run) =>
      expect(run).rejects.toThrow("lost"),
    );
    await settled();
    started[0]!.begin();
    const second = runs.run("a", work);
    started[0]!.end(new Error("lost"));
    await Promise.all(first);
    await settled();
    started[1]!.end();
    expect(await second).toBe(1);
    const third = runs.run("a", work);
    await settled();
    started[2]!.end();
    expect(await third).toBe(2);
  });
});

describe("through the API", () => {
  const db = useDatabase();
  const api = useApi(db);
  beforeAll(() => createTwoAccounts(db.pool));

  const running = () =>
    column<number>(
      db.pool,
      "select count(*)::int from pg_stat_activity where application_name = 'parley api' and datname = current_database() and wait_event_type = 'Lock'",
    );
  const NAMES = "{ agents(first: 5, orderBy: ID_ASC) { nodes { name } } }";

  it("analysts of an account who ask the same wait for one answer, and are told what is true by then", async () => {
    const [analyst, other, administrator] = await Promise.all([
      token("analyst", 1),
      token("analyst", 2),
      token("administrator", 1),
    ]);
    await api.query(analyst, NAMES);
    const writer = await db.connect();
    await writer.query("begin");
    await writer.query("lock table chat.users in access exclusive mode");
    const first = api.query(analyst, NAMES);
    await expect.poll(running).toEqual([1]);
    const later = [1, 2, 3].map(() => api.query(analyst, NAMES));
    const others = [other, administrator, administrator].map((who) => api.query(who, NAMES));
    await expect.poll(running).toEqual([4]);
    await writer.query("update chat.users set name = 'Anna' where account_id = 1 and id = 1");
    await writer.query("commit");
    const names = ["Anna", "Bob", "Cyd"].map((name) => ({ name }));
    for (const answer of await Promise.all([first, ...later, others[1], others[2]])) {
      expect(answer).toEqual({ data: { agents: { nodes: names } } });
    }
    expect(await others[0]).toEqual({ data: { agents: { nodes: [{ name: "Eve" }] } } });
  });
});
