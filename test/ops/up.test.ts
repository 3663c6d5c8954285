import { existsSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { findPostmaster } from "../../src/db/embedded/server.ts";
import { type Program, useCheckout } from "../setup/checkout.ts";
import { useDatabase } from "../setup/database.ts";

// Every test starts real servers.
vi.setConfig({ testTimeout: 120_000 });

const checkout = useCheckout();
const db = useDatabase();

describe("npm start", () => {
  let up: Program;

  afterEach(async () => {
    up.process.kill("SIGTERM");
    await up.ended;
  });

  async function start(
    command = ["node", "scripts/run.mjs", "src/main.ts", "up"],
  ): Promise<{ port: string }> {
    up = checkout.start(command, { PORT: "0" });
    const [, port] = await up.says(/Parley is ready.+http:\/\/127\.0\.0\.1:(\d+)/s);
    return { port: port! };
  }

  async function deliveredToPersistence(): Promise<number> {
    const { stdout } = await checkout.parley(["queues", "--json"]);
    const queues: { queue: string; delivered_total: number }[] = JSON.parse(stdout);
    return queues.find(({ queue }) => queue === "PersistenceQueue")!.delivered_total;
  }

  it("runs everything, stores a chat that is put, and stops everything on SIGTERM", async () => {
    const { port } = await start();
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(200);

    const put = await checkout.parley(["put", "chat.ended", "examples/events/chat.ended.json"]);
    expect(put).toMatchObject({ status: 0, stderr: "" });
    await vi.waitFor(async () => expect(await deliveredToPersistence()).toBe(1), 10_000);

    const second = await checkout.parley(["up"], { PORT: "0" });
    expect(second).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/running already.+process \d+.+PA027/),
    });

    up.process.kill("SIGTERM");
    expect(await up.ended).toMatchObject({ status: 0 });
    expect(up.output()).toContain("Parley has stopped");
    expect(findPostmaster(path.join(checkout.folder, ".parley/data"))).toBeUndefined();
  });

  it("finds all data after a kill -9", async () => {
    await start([process.execPath, "src/main.ts", "up"]);
    up.process.kill("SIGKILL");
    await up.ended;
    await start();
    const { stdout } = await checkout.parley(["events", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ name: "chat.ended" }]);
  });

  it("takes the echo of one Ctrl-C for one, and stops in order", async () => {
    await start();
    up.process.kill("SIGINT");
    up.process.kill("SIGINT");
    expect(await up.ended).toMatchObject({ status: 0 });
  });

  it("names the port that is taken, and leaves nothing running", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, resolve));
    const { port } = squatter.address() as { port: number };
    up = checkout.start(["node", "scripts/run.mjs", "src/main.ts", "up"], { PORT: String(port) });
    expect(await up.ended).toMatchObject({
      status: 1,
      stdout: expect.not.stringContaining("could not be built"),
      stderr: expect.stringMatching(`${port}.+PA015`),
    });
    expect(findPostmaster(path.join(checkout.folder, ".parley/data"))).toBeUndefined();
    squatter.close();
  });
});

describe("with DATABASE_URL", () => {
  it("nothing embedded starts", async () => {
    const { status, stdout } = await checkout.parley(["migrate"], { DATABASE_URL: db.url });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("up to date") });
    expect(findPostmaster(path.join(checkout.folder, ".parley/data"))).toBeUndefined();
  });

  it("./parley works by a link, from another folder", async () => {
    const link = path.join(checkout.folder, "examples", "linked parley");
    symlinkSync("../parley", link);
    expect(existsSync(link)).toBe(true);
    const { stdout } = await checkout.start([link, "url"], { DATABASE_URL: db.url }).ended;
    expect(stdout).toBe(`${db.url}\n`);
  });
});

it("wrong usage ends with status 2, an unusable setting with 1", async () => {
  expect(await checkout.parley(["fly"])).toMatchObject({ status: 2, stdout: "" });
  const refused = await checkout.parley(["queues"], { PORT: "many" });
  expect(refused).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: PORT must be .+ \(PA016\)\nhint: .+\n$/),
  });
});
