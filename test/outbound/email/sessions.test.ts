import { expect, test } from "vitest";
import { until } from "../../setup/until.ts";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, deliveryOf, failureOf, useMailer } from "./mailing.ts";

const one = { secrets: { user: "one", password: "1" } };

test("mails of a destination share a session", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  for (const id of ["1", "2", "3"]) await mailer.deliver(peer, deliveryOf(CHAT, {}, { id }));
  expect(peer.received).toHaveLength(3);
  expect(peer.connections().made).toBe(1);
});

test("mails at the same time have sessions of their own", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  await Promise.all(["1", "2", "3"].map((id) => mailer.deliver(peer, deliveryOf(CHAT, {}, { id }))));
  expect(peer.received).toHaveLength(3);
  expect(peer.connections().made).toBe(3);
});

test("a session that the server has closed is replaced unnoticed", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  await mailer.deliver(peer, deliveryOf(CHAT, {}, { id: "1" }));
  peer.hangUp();
  await mailer.deliver(peer, deliveryOf(CHAT, {}, { id: "2" }));
  expect(peer.received).toHaveLength(2);
});

test("changed credentials make a new session", async () => {
  const peer = await smtpPeer({ login: { user: "one", password: "1" } });
  const mailer = useMailer();
  await mailer.deliver(peer, deliveryOf(CHAT), one);
  peer.behaviour.login = { user: "two", password: "2" };
  await mailer.deliver(peer, deliveryOf(CHAT), { secrets: { user: "two", password: "2" } });
  expect(peer.received).toHaveLength(2);
  expect(peer.connections().made).toBe(2);
  await until("the old session is closed", () => peer.connections().open === 1);
});

test("idle sessions are closed after a while", async () => {
  const peer = await smtpPeer();
  await useMailer({ idleMs: 50 }).deliver(peer, deliveryOf(CHAT));
  await until("it is closed", () => peer.connections().open === 0);
});

test("closing the adapter closes its sessions", async () => {
  const peer = await smtpPeer();
  const { adapter, deliver } = useMailer();
  await deliver(peer, deliveryOf(CHAT));
  expect(peer.connections().open).toBe(1);
  await adapter.close!();
  await until("it is closed", () => peer.connections().open === 0);
});

test.each([
  ["a private address", { host: "10.0.0.1" }],
  ["this machine", { host: "127.0.0.1" }],
  ["this machine by name", { host: "localhost" }],
  ["this machine as a number", { host: "2130706433" }],
  ["this machine in IPv6", { host: "::1" }],
  ["this machine, as IPv4 in IPv6", { host: "::ffff:127.0.0.1" }],
])("%s is not connected to unless that is allowed", async (_what, smtp) => {
  const peer = await smtpPeer();
  const failure = await failureOf(
    useMailer({ privateAddresses: [] }).deliver(peer, deliveryOf(CHAT), {
      settings: { smtp: { ...smtp, port: peer.port } },
    }),
  );
  expect(failure).toMatchObject({ name: "DestinationDown", code: "PA071" });
  expect(peer.connections().made).toBe(0);
});

test("a name is judged by the address that is connected to", async () => {
  const peer = await smtpPeer();
  const lookup = ((_host: string, _options: object, callback: (...answer: unknown[]) => void) =>
    callback(null, [{ address: "127.0.0.1", family: 4 }])) as never;
  const failure = await failureOf(
    useMailer({ privateAddresses: [], lookup }).deliver(peer, deliveryOf(CHAT), {
      settings: { smtp: { host: "mail.example.com", port: peer.port } },
    }),
  );
  expect(failure).toMatchObject({ code: "PA071", message: "mail.example.com is not a public address" });
});

test("nothing leaves for the internet without encryption", async () => {
  const peer = await smtpPeer();
  const failure = await failureOf(
    useMailer().deliver(peer, deliveryOf(CHAT), {
      settings: { smtp: { host: "192.0.2.1", security: "none" } },
    }),
  );
  expect(failure).toMatchObject({
    code: "PA071",
    message: "192.0.2.1 is not an address that may be called without encryption",
  });
});

test("a name is asked for once by all sessions that are being opened: one that nobody answers for takes no more threads", async () => {
  const peer = await smtpPeer();
  const asked: ((...answer: unknown[]) => void)[] = [];
  const lookup = ((_host: string, _options: object, callback: (...answer: unknown[]) => void) =>
    void asked.push(callback)) as never;
  const mailer = useMailer({ privateAddresses: [], lookup });
  const failures = [1, 2, 3].map((n) =>
    failureOf(
      mailer.deliver(
        peer,
        { ...deliveryOf(CHAT), id: `delivery ${n}` },
        {
          settings: { smtp: { host: "mail.example.com", port: peer.port } },
        },
      ),
    ),
  );
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  for (const answer of asked) answer(null, [{ address: "127.0.0.1", family: 4 }]);
  for (const failure of await Promise.all(failures)) expect(failure).toMatchObject({ code: "PA071" });
  expect(asked).toHaveLength(1);
});
