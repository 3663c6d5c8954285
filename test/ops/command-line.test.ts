import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const db = useDatabase();

/** The program as a user runs it. */
function run(args: string[], { input = "", env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: db.url, PARLEY_LOG_LEVEL: "info", ...env },
  });
  return { status, stdout, stderr };
}

describe("the command line", () => {
  it("ends with 0, nothing but the result on standard output and nothing on standard error", () => {
    const { status, stdout, stderr } = run(["put", "chat.started", "--json"], {
      input: '{"ChatGuid": "c-1"}',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ queues: ["WebHookQueue"] });
  });

  it("ends with 1 when a command failed, with a line for what is wrong and one for what to do", () => {
    const { status, stdout, stderr } = run(["pause", "EmailQeue"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe('error: unknown queue "EmailQeue" (PA002)\nhint: Did you mean EmailQueue?\n');
  });

  it.each([
    [["queues", "--colour"], "unknown option"],
    [["errors", "discard"], "PA026"],
    [["errors", "redrive", "12"], "too many arguments"],
    [["replay", "EmailQueue"], "--since"],
    [["paint"], "unknown command"],
  ])("ends with 2 when %j is wrong usage", (args, complaint) => {
    const { status, stderr } = run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it("shows where an error comes from only when asked", () => {
    const bad = { input: "{" };
    expect(run(["put", "chat.started"], bad).stderr).not.toMatch(/^ +at /m);
    expect(run(["--verbose", "put", "chat.started"], bad).stderr).toMatch(/^ +at /m);
  });
});
