import { expect, test } from "vitest";
import { createEmailAdapter } from "../../../src/outbound/email/adapter.ts";
import { Sealing } from "../../../src/outbound/sealing.ts";
import { KEY, useEngine } from "../engine/use-engine.ts";
import { insertDestination } from "../insert-destination.ts";
import { CERTIFICATE } from "../peers/certificate.ts";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, exampleOf, MESSAGE } from "./mailing.ts";

const engine = useEngine();
const LOGIN = { user: "shop", password: "nobody-reads-this" };

const work = () =>
  engine.drain({
    adapter: createEmailAdapter({ privateAddresses: ["127.0.0.0/8"], ca: CERTIFICATE }) as never,
  });

async function useDestination(port: number, settings: object = {}): Promise<number> {
  await engine.pool.query(
    "insert into chat.accounts (id, name) values (1001, 'Shop') on conflict do nothing",
  );
  return insertDestination(engine.pool, new Sealing(KEY), {
    account: 1001,
    kind: "email",
    name: "Mail",
    settings: {
      smtp: { host: "localhost", port },
      from: "support@shop.example",
      [CHAT]: { to: ["a@shop.example", "b@shop.example"] },
      [MESSAGE]: { to: ["a@shop.example"] },
      ...settings,
    },
    secrets: LOGIN,
  });
}

test("an event that was put is mailed once, and what the server said is logged, without secrets", async () => {
  const peer = await smtpPeer({ login: LOGIN });
  const id = await useDestination(peer.port);
  for (const event of [CHAT, MESSAGE] as const)
    await engine.pool.query("insert into broker.events (name, data) values ($1, $2)", [
      event,
      exampleOf(event),
    ]);
  await work();
  await work();
  expect(peer.received.map(({ mail }) => mail.subject).toSorted()).toEqual([
    "Chat with Дарина Коваль (Delivery)",
    "发票 (李娜)",
  ]);
  const { rows } = await engine.pool.query(
    "select outcome, status, a::text as row from outbound.attempts a where destination_id = $1",
    [id],
  );
  expect(rows).toMatchObject([
    { outcome: "delivered", status: 250 },
    { outcome: "delivered", status: 250 },
  ]);
  expect(rows.map(({ row }) => row).join()).not.toMatch(/nobody-reads-this|@example\.com/);
});

test("a refused mail goes to the error queue with the server's words", async () => {
  const peer = await smtpPeer({ login: LOGIN, onMail: () => [554, "5.7.1 spam"] });
  await useDestination(peer.port);
  await engine.pool.query("insert into broker.events (name, data) values ($1, $2)", [CHAT, exampleOf(CHAT)]);
  await work();
  expect(await engine.one("select error_code, error from broker.error_messages")).toMatchObject({
    error_code: "PA076",
    error: expect.stringContaining("554 5.7.1 spam"),
  });
});

test("settings that SQL wrote wrongly are named", async () => {
  const peer = await smtpPeer();
  const id = await useDestination(peer.port, { [CHAT]: { templates: { html: "{{#lines}}" } } });
  await engine.pool.query("insert into broker.events (name, data) values ($1, $2)", [CHAT, exampleOf(CHAT)]);
  await work();
  const { misconfigured } = await engine.one<{ misconfigured: string }>(
    "select misconfigured from outbound.destinations where id = $1",
    [id],
  );
  expect(misconfigured).toContain('Unclosed section "lines"');
});
