import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect } from "../../src/db/connect.ts";
import { findPostmaster } from "../../src/db/embedded/server.ts";
import { type Embedded, startEmbedded } from "../../src/db/embedded/start.ts";
import { createLog } from "../../src/log.ts";

// Every test starts real servers.
vi.setConfig({ testTimeout: 120_000 });

const log = createLog("silent");
let checkout: string;
let running: Embedded[] = [];

beforeEach(() => {
  // A path with a space, longer than a socket file could have.
  checkout = mkdtempSync(path.join(tmpdir(), `parley embedded ${"long ".repeat(20)}`));
  chmodSync(checkout, 0o755);
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  rmSync(checkout, { recursive: true, force: true });
});

async function start({ onlyOne = false, progress = [] as string[] } = {}): Promise<Embedded> {
  const server = await startEmbedded({
    folder: path.join(checkout, ".parley"),
    log,
    onProgress: (line) => progress.push(line),
    applicationName: `test process ${process.pid}`,
    onlyOne,
  });
  running.push(server);
  return server;
}

async function stop(server: Embedded): Promise<void> {
  running = running.filter((other) => other !== server);
  await server.stop();
}

async function query(server: Embedded, sql: string): Promise<unknown[]> {
  const client = await connect(server.url, "test");
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

const pidOf = (server: Embedded) => findPostmaster(server.dataFolder)?.pid;

it("keeps data and port from one start to the next, and is durable", async () => {
  const first = await start();
  await query(first, "create table kept as select 1 as one");
  expect(await query(first, "show fsync")).toEqual([{ fsync: "on" }]);
  await stop(first);
  expect(pidOf(first)).toBeUndefined();

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second, "select one from kept")).toEqual([{ one: 1 }]);
});

it("is shared; the last one to leave stops it", async () => {
  const progress: string[] = [];
  const [first, second] = await Promise.all([start({ progress }), start({ progress })]);
  expect(second.url).toBe(first.url);
  await stop(first);
  expect(await query(second, "select 1 as one")).toEqual([{ one: 1 }]);
  await stop(second);
  expect(pidOf(second)).toBeUndefined();
});

it("refuses a second one of a kind that may be there once, and says which runs", async () => {
  await start({ onlyOne: true });
  await expect(start({ onlyOne: true })).rejects.toMatchObject({
    code: "PA027",
    message: expect.stringContaining(`test process ${process.pid}`),
  });
});

it("is found again with all its data after a kill -9 of server and users", async () => {
  const first = await start();
  await query(first, "create table kept as select 1 as one");
  process.kill(pidOf(first)!, "SIGKILL");
  const second = await start();
  expect(await query(second, "select one from kept")).toEqual([{ one: 1 }]);
});

it("starts after a kill -9 once the sessions that have not noticed end", async () => {
  const first = await start();
  const session = await connect(first.url, "test");
  const working = session.query(
    "do $$ begin while clock_timestamp() < now() + interval '2 seconds' loop end loop; end $$",
  );
  working.catch(() => {});
  await vi.waitFor(async () =>
    expect(
      await query(first, "select from pg_stat_activity where state = 'active' and query like 'do %'"),
    ).toHaveLength(1),
  );
  process.kill(pidOf(first)!, "SIGKILL");
  const second = await start();
  expect(await query(second, "select 1 as one")).toEqual([{ one: 1 }]);
  await session.end().catch(() => {});
});

it("comes back by itself on the same port when it dies under a running platform", async () => {
  const server = await start({ onlyOne: true });
  const before = pidOf(server);
  process.kill(before!, "SIGKILL");
  await vi.waitFor(async () => expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]), 10_000);
  expect(pidOf(server)).not.toBe(before);
});

it("moves to another port when its own is taken, and remembers it", async () => {
  const first = await start();
  await stop(first);
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(first.port, "127.0.0.1", resolve));

  const progress: string[] = [];
  const second = await start({ progress });
  expect(progress[0]).toBe(`Port ${first.port} is taken, using ${second.port} from now on`);
  await stop(second);
  squatter.close();
  expect((await start()).port).toBe(second.port);
});

it("ignores the pid file of a crashed server whose number another process has now", async () => {
  const first = await start();
  await stop(first);
  writeFileSync(
    path.join(first.dataFolder, "postmaster.pid"),
    `${process.pid}\n${first.dataFolder}\n1\n1\n\n*\n`,
  );
  expect(await query(await start(), "select 1 as one")).toEqual([{ one: 1 }]);
});

it("lets nobody in without the password", async () => {
  const server = await start();
  const url = new URL(server.url);
  url.password = "guess";
  const client = new pg.Client(url.href);
  await expect(client.connect()).rejects.toMatchObject({ code: "28P01" });
});

it("says so when the data are of another version of PostgreSQL", async () => {
  const server = await start();
  await stop(server);
  const file = path.join(server.dataFolder, "PG_VERSION");
  const version = readFileSync(file, "utf8");
  writeFileSync(file, "17\n");
  await expect(start()).rejects.toMatchObject({
    code: "PA025",
    message: expect.stringContaining("PostgreSQL 17"),
  });
  writeFileSync(file, version);
});

it("says so when its own record is damaged or gone", async () => {
  await stop(await start());
  const record = path.join(checkout, ".parley/server.json");
  writeFileSync(record, "{");
  await expect(start()).rejects.toMatchObject({ code: "PA025", message: expect.stringContaining("damaged") });
  rmSync(record);
  await expect(start()).rejects.toMatchObject({ code: "PA025", message: expect.stringContaining("missing") });
});

it("passes on what the server says when it cannot start", async () => {
  const server = await start();
  await stop(server);
  writeFileSync(path.join(server.dataFolder, "postgresql.auto.conf"), "shared_buffers = 'much'\n");
  await expect(start()).rejects.toMatchObject({
    code: "PA025",
    message: expect.stringContaining("FATAL:  configuration file"),
  });
});
