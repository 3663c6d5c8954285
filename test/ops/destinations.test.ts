import { randomBytes } from "node:crypto";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { Sealing } from "../../src/outbound/sealing.ts";
import { httpPeer } from "../outbound/peers/http-peer.ts";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson, file } = useCommands();
const KEY = randomBytes(32).toString("base64");
const SECRET = `whsec_${randomBytes(32).toString("base64")}`;

beforeAll(async () => {
  vi.stubEnv("PARLEY_SECRETS_KEY", KEY);
  vi.stubEnv("PARLEY_PRIVATE_ADDRESSES", "127.0.0.0/8");
  await db.pool.query("insert into chat.accounts (id, name) values (1, 'An account')");
});

async function add(url: string, ...more: string[]): Promise<number> {
  const secrets = await file("secrets.json", JSON.stringify({ secret: SECRET }));
  const name = randomBytes(4).toString("hex");
  const { id } = await parleyJson(
    "destinations",
    "add",
    "webhook",
    "--account",
    "1",
    "--name",
    name,
    "--settings",
    JSON.stringify({ url }),
    "--secrets",
    secrets,
    ...more,
  );
  return id;
}

it("adds a destination whose secrets are stored sealed, shows it without them, and changes it", async () => {
  const id = await add("https://example.com/hooks", "--events", "chat.ended, chat.started", "--rate", "2.5");
  const { rows } = await db.pool.query("select secrets from outbound.destinations where id = $1", [id]);
  expect(new Sealing(KEY).open(rows[0].secrets, { id, accountId: 1 })).toEqual({ secret: SECRET });
  const shown = await parleyJson("destinations", "show", String(id));
  expect(shown).toMatchObject({
    id,
    kind: "webhook",
    state: "works",
    waiting: 0,
    events: ["chat.ended", "chat.started"],
    rate_per_second: 2.5,
  });
  expect(JSON.stringify(shown)).not.toContain("sealed:");
  await parley("destinations", "set", String(id), "--all-events", "--any-rate", "--concurrency", "3");
  expect(await parleyJson("destinations", "show", String(id))).toMatchObject({
    events: null,
    rate_per_second: null,
    concurrency: 3,
  });
  await parley("destinations", "disable", String(id));
  expect(await parley("destinations", "list", "--account", "1")).toMatch(/webhook .* disabled/);
  await parley("destinations", "remove", String(id));
  await expect(parley("destinations", "show", String(id))).rejects.toMatchObject({ code: "PA063" });
});

it.each([
  [{ settings: '{"uri": "https://example.com"}' }, "settings of webhook: url: is missing; there is no uri"],
  [{ settings: '{"url": 7}' }, "settings of webhook: url: expected string"],
  [{ settings: '{"url": "https://example.com"}' }, "secrets of webhook: secret: is missing"],
])("refuses a webhook of %j, and says what is wrong and where it is written", async ({ settings }, fault) => {
  await expect(
    parley("destinations", "add", "webhook", "--account", "1", "--settings", settings),
  ).rejects.toMatchObject({
    code: "PA060",
    message: `unusable ${fault}`,
    hint: "docs/consumers/webhook.md says which there are.",
  });
});

it("refuses unknown kinds", async () => {
  await expect(parley("destinations", "add", "pigeon", "--account", "1")).rejects.toMatchObject({
    code: "PA060",
    hint: expect.stringContaining("webhook"),
  });
});

it("refuses events that nobody can put, for they would be waited for in vain", async () => {
  const id = await add("https://example.com/hooks");
  await expect(
    parley("destinations", "set", String(id), "--events", "chat.ended,chat.startd"),
  ).rejects.toMatchObject({ code: "PA001", hint: "Did you mean chat.started?" });
});

it("says how an account that is unknown is made", async () => {
  await expect(parley("destinations", "add", "ticket", "--account", "404")).rejects.toMatchObject({
    code: "PA030",
    hint: expect.stringContaining("insert into chat.accounts (id, name) values (404"),
  });
});

it("delivers a test at once, notes the attempt, and says what came of it", async () => {
  let status = 200;
  const peer = await httpPeer((_, response) => void response.writeHead(status).end("thank you"));
  const id = await add(peer.url);
  expect(await parleyJson("destinations", "test", String(id))).toMatchObject({
    outcome: "delivered",
    receipt: { status: 200, answer: "thank you" },
  });
  status = 503;
  expect(await parley("destinations", "test", String(id), "--event", "chat.started")).toMatch(
    /outcome: +down/,
  );
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
  const attempts = await parleyJson("destinations", "attempts", String(id));
  expect(attempts).toMatchObject([
    { name: "chat.started", outcome: "down", status: 503 },
    { name: "chat.ended", outcome: "delivered", status: 200, answer: null },
  ]);
  expect(await parley("destinations", "attempts", String(id), "--failed", "--answers")).not.toContain(
    "delivered",
  );
});

it("redelivers one event or a time range", async () => {
  const id = await add("https://example.com/hooks");
  const { rows } = await db.pool.query(
    `insert into broker.events (name, data) values ('chat.ended', '{"SiteId": 1}') returning id::float8`,
  );
  expect(await parleyJson("destinations", "redeliver", String(id), "--event", String(rows[0].id))).toEqual({
    id,
    redelivered: 1,
  });
  expect(await parley("destinations", "redeliver", String(id), "--since", "1h")).toMatch(/wait already/);
  await expect(parley("destinations", "redeliver", "999999", "--since", "1h")).rejects.toMatchObject({
    code: "PA063",
  });
});

it("seals JSON for SQL, for one destination", async () => {
  const row = { id: 7, accountId: 1 };
  const secrets = await file("more.json", '{"token": "x"}');
  const sealed = await parley("seal", "--account", "1", "--destination", "7", secrets);
  expect(new Sealing(KEY).open(sealed.trim(), row)).toEqual({ token: "x" });
});

it("asks for the key before it asks for secrets, and for secrets rather than for events", async () => {
  const empty = await file("empty.json", "");
  const seal = () => parley("seal", "--account", "1", "--destination", "7", empty);
  await expect(seal()).rejects.toMatchObject({
    code: "PA018",
    hint: 'Secrets are an object, such as {"token": "..."}.',
  });
  vi.stubEnv("PARLEY_SECRETS_KEY", "");
  onTestFinished(() => void vi.stubEnv("PARLEY_SECRETS_KEY", KEY));
  await expect(seal()).rejects.toMatchObject({ code: "PA062" });
});

it.each([
  ["destinations", "ad", "Did you mean add?"],
  ["queues", "crate", "Did you mean create?"],
  ["errors", "xyzzy", "There are list, show, redrive, discard"],
])("%s %s is an unknown command, and it says which there are", async (group, word, hint) => {
  await expect(parley(group, word)).rejects.toMatchObject({
    code: "PA026",
    message: `unknown command "${group} ${word}"`,
    hint: expect.stringContaining(hint),
  });
});

it("shows extra headers without the value of one whose name tells of a secret", async () => {
  const id = await add("https://example.com/hooks");
  const headers = { "X-Auth-Token": "tell-nobody", "X-Team": "support" };
  await parley(
    "destinations",
    "set",
    String(id),
    "--settings",
    JSON.stringify({ url: "https://a.example", headers }),
  );
  const shown = await parley("destinations", "show", String(id));
  expect(shown).toContain('"X-Team": "support"');
  expect(shown).toContain('"X-Auth-Token": null');
  expect(shown).not.toContain("tell-nobody");
});

it("the doctor names destinations whose secrets it cannot open", async () => {
  const sealed = new Sealing(randomBytes(32).toString("base64")).seal({}, { id: 1, accountId: 1 });
  const { rows } = await db.pool.query(
    "insert into outbound.destinations (account_id, kind, name, secrets) values (1, 'webhook', 'elsewhere', $1) returning id",
    [sealed],
  );
  const findings: { check: string; text: string }[] = await parleyJson("doctor");
  process.exitCode = 0;
  expect(findings.filter(({ check }) => check === "destinations").map(({ text }) => text)).toContainEqual(
    expect.stringContaining(`destination ${rows[0].id}: the secrets are sealed with key`),
  );
});
