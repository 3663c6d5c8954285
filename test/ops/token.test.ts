import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, jwtVerify } from "jose";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { buildProgram } from "../../src/ops/cli.ts";
import { tokenSecret } from "../../src/ops/run/token-secret.ts";
import { useCommands } from "./commands.ts";

const SECRET = "a secret of the tests, of 32 bytes or more";
const { db, parley, parleyJson } = useCommands();

describe("parley token", () => {
  afterEach(() => void vi.stubEnv("PARLEY_JWT_SECRET", ""));
  const withSecret = () => vi.stubEnv("PARLEY_JWT_SECRET", SECRET);

  it("prints a token that the API takes", async () => {
    withSecret();
    await db.pool.query("insert into chat.accounts (id, name) values (7, 'Seven')");
    const token = (await parley("token", "--role", "analyst", "--account", "7", "--expires", "2h")).trim();
    const { payload } = await jwtVerify(token, new TextEncoder().encode(SECRET), { audience: "parley" });
    expect(payload).toMatchObject({ role: "analyst", account: 7 });
    expect(payload.exp! - payload.iat!).toBe(7200);
  });

  it("of a producer needs no account, and is valid for an hour", async () => {
    withSecret();
    const { token, ...rest } = await parleyJson("token", "--role", "producer");
    expect(rest).toEqual({ role: "producer", account: null, expiresInSeconds: 3600 });
    expect(decodeJwt(token)).not.toHaveProperty("account");
  });

  it("warns of an account that does not exist", async () => {
    withSecret();
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => void vi.restoreAllMocks());
    await buildProgram().parseAsync(["token", "--role", "producer", "--account", "99"], { from: "user" });
    expect(stderr.mock.calls.join()).toContain("there is no account 99 yet");
  });

  it.each([
    ["an analyst without account", ["--role", "analyst"], "PA026", "needs --account"],
    ["account 0", ["--role", "analyst", "--account", "0"], "PA026", "whole number"],
    ["no duration", ["--role", "producer", "--expires", "soon"], "PA026", "not a duration"],
    ["no time at all", ["--role", "producer", "--expires", "0m"], "PA026", "not a duration"],
  ])("refuses %s", async (_what, args, code, message) => {
    withSecret();
    await expect(parley("token", ...args)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("knows no other role", async () => {
    withSecret();
    await expect(parley("token", "--role", "operator")).rejects.toThrow("analyst, producer");
  });

  it("needs the secret of the server that DATABASE_URL names", async () => {
    await expect(parley("token", "--role", "producer")).rejects.toMatchObject({
      code: "PA016",
      message: "PARLEY_JWT_SECRET must be set to sign tokens with it",
    });
  });
});

describe("the secret", () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "parley-secret-"));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  }

  it("of the embedded server is made once, for its owner's eyes", async () => {
    const path = await folder();
    const secret = tokenSecret(loadConfig({}), path)!;
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
    expect(tokenSecret(loadConfig({}), path)).toBe(secret);
    const file = join(path, "jwt-secret");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toBe(secret);
  });

  it("that is set counts, and none is made", async () => {
    const path = await folder();
    await writeFile(join(path, "jwt-secret"), "another");
    expect(tokenSecret(loadConfig({ PARLEY_JWT_SECRET: SECRET }), path)).toBe(SECRET);
  });

  it.each([
    ["DATABASE_URL", "postgres://u@h/d"],
    ["PARLEY_JWKS_URL", "https://login.example.com/keys"],
  ])("is not made up beside %s", async (name, value) => {
    expect(tokenSecret(loadConfig({ [name]: value }), await folder())).toBe(undefined);
  });
});
