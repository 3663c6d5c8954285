import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { Sealing } from "../../../src/outbound/sealing.ts";
import { sealingOf } from "../../../src/outbound/secrets-key.ts";
import { until } from "../../setup/until.ts";
import { receiver } from "./receiver.ts";
import { KEY, useEngine } from "./use-engine.ts";

const engine = useEngine();
const OTHER_KEY = randomBytes(32).toString("base64");
const SECRETS = { token: "tell-nobody" };
const MINE = { id: 7, accountId: 1 };

it("opens what it sealed, and seals the same otherwise each time", () => {
  const sealing = new Sealing(KEY);
  const [one, two] = [sealing.seal(SECRETS, MINE), sealing.seal(SECRETS, MINE)];
  expect(one).not.toBe(two);
  expect(one).toMatch(/^sealed:v2:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$/);
  expect([sealing.open(one, MINE), sealing.open(two, MINE)]).toEqual([SECRETS, SECRETS]);
});

it("what was sealed for one destination opens for no other, nor for another account", () => {
  const sealing = new Sealing(KEY);
  const sealed = sealing.seal(SECRETS, MINE);
  for (const other of [
    { ...MINE, id: 8 },
    { ...MINE, accountId: 2 },
    { id: 71, accountId: 1 },
  ]) {
    expect(() => sealing.open(sealed, other)).toThrow(expect.objectContaining({ code: "PA062" }));
  }
  // Nor as the older form, which was bound to nothing.
  expect(() => sealing.open(sealed.replace("v2", "v1"), MINE)).toThrow(
    expect.objectContaining({ code: "PA062" }),
  );
});

it("what the release before sealed, for no destination in particular, still opens", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  const sealed = "sealed:v1:268efe0c:bIln57h0llh4D90V7DOv6Ww4jY/jbBzr8SZdRtG82Ymtwy//xNAVFOnIaAfrBSwrG9GI";
  expect(new Sealing(key).open(sealed, MINE)).toEqual(SECRETS);
});

it("secrets that were copied from another destination make one misconfigured", async () => {
  const peer = await receiver();
  let sealed = "";
  await engine.destination({
    enabled: false,
    secrets: (row) => {
      sealed = new Sealing(KEY).seal(SECRETS, row);
      return sealed;
    },
  });
  const thief = await engine.destination({ url: peer.url, secrets: () => sealed });
  await engine.put(1);
  await engine.drain();
  expect(peer.received).toEqual([]);
  expect(
    await engine.one("select misconfigured, error_code from outbound.destinations where id = $1", [thief]),
  ).toEqual({
    misconfigured: expect.stringContaining("sealed for another destination"),
    error_code: "PA062",
  });
});

it("after a change of keys the older one still opens, and the newer one seals", () => {
  const rotated = new Sealing(`${OTHER_KEY}, ${KEY}`);
  expect(rotated.open(new Sealing(KEY).seal(SECRETS, MINE), MINE)).toEqual(SECRETS);
  expect(new Sealing(OTHER_KEY).open(rotated.seal(SECRETS, MINE), MINE)).toEqual(SECRETS);
});

it("a missing key, a changed text or clear text is an error that tells nothing of the secrets", () => {
  const sealed = new Sealing(KEY).seal(SECRETS, MINE);
  const errorOf = (open: () => unknown) => {
    try {
      open();
    } catch (error) {
      return error as Error & { code: string };
    }
    throw new Error("it was opened");
  };
  const missing = errorOf(() => new Sealing(OTHER_KEY).open(sealed, MINE));
  expect(missing).toMatchObject({ code: "PA062", message: expect.stringContaining(sealed.split(":")[2]!) });
  const middle = sealed.length - 20;
  const changed = sealed.slice(0, middle) + (sealed[middle] === "A" ? "B" : "A") + sealed.slice(middle + 1);
  expect(errorOf(() => new Sealing(KEY).open(changed, MINE))).toMatchObject({ code: "PA062" });
  expect(errorOf(() => new Sealing(KEY).open('{"token": "tell-nobody"}', MINE))).toMatchObject({
    code: "PA061",
    message: expect.not.stringContaining("tell"),
  });
});

it("with the embedded server a key is made once, for this user only; with another server it must be set", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "parley-key-"));
  try {
    const config = loadConfig({});
    expect(sealingOf(config, folder).open(sealingOf(config, folder).seal(SECRETS, MINE), MINE)).toEqual(
      SECRETS,
    );
    expect(statSync(path.join(folder, "secrets-key")).mode & 0o777).toBe(0o600);
    expect(() => sealingOf(loadConfig({ DATABASE_URL: "postgres://u@h/d" }), folder)).toThrow(
      expect.objectContaining({ code: "PA062" }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the database refuses secrets in clear text", async () => {
  await expect(engine.destination({ secrets: () => '{"token": "tell-nobody"}' })).rejects.toMatchObject({
    code: "PA061",
  });
  await expect(engine.destination({ secrets: () => "sealed:v2:tell-nobody" })).rejects.toMatchObject({
    code: "PA061",
  });
});

it("the adapter gets the secrets opened, and no log, attempt or error shows them", async () => {
  const lines: unknown[] = [];
  const note = (...line: unknown[]) => void lines.push(line);
  const log = { debug: note, info: note, warn: note, error: note };
  const peer = await receiver(({ attempt }) => (attempt === 1 ? 409 : 200));
  await engine.destination({ url: peer.url, secrets: (row) => new Sealing(KEY).seal(SECRETS, row) });
  const broken = await engine.destination({
    url: peer.url,
    secrets: (row) => new Sealing(KEY).seal({ tokens: "tell-nobody" }, row),
  });
  const unopened = await engine.destination({
    url: peer.url,
    secrets: (row) => new Sealing(OTHER_KEY).seal(SECRETS, row),
  });
  await engine.work({ log });
  await engine.put(1);
  await until("the first is delivered", () => peer.taken.length === 1);
  expect(peer.taken[0]!.token).toBe("tell-nobody");
  const misconfigured = (id: number) =>
    engine.one<{ misconfigured: string | null }>(
      "select misconfigured from outbound.destinations where id = $1",
      [id],
    );
  await until(
    "the others are found out",
    async () =>
      (await misconfigured(unopened)).misconfigured !== null &&
      (await misconfigured(broken)).misconfigured !== null,
  );
  expect((await misconfigured(unopened)).misconfigured).toMatch(
    /sealed with key [0-9a-f]{8}, which PARLEY_SECRETS_KEY does not have/,
  );
  expect((await misconfigured(broken)).misconfigured).toMatch(/unusable secrets of webhook/);
  const { rows } = await engine.pool.query(
    "select to_jsonb(a) as said from outbound.attempts a union all select data from broker.events union all select to_jsonb(d) - 'secrets' from outbound.destinations d",
  );
  expect(JSON.stringify([lines, rows])).not.toContain("tell-nobody");
});
