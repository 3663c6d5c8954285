import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { replyText } from "../../../src/outbound/email/reply.ts";
import { until } from "../../setup/until.ts";
import { type SmtpBehaviour, smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, deliveryOf, failureOf, MESSAGE, useMailer } from "./mailing.ts";

const REJECTED = { name: "MailRefused" };
const RETRIED = { name: "MailDeferred", code: "PA079" };
const DOWN = { name: "DestinationDown", code: "PA075" };

const behaviours: [string, Partial<SmtpBehaviour>, object][] = [
  ["a mail refused for good", { onMail: () => [554, "5.7.1 spam"] }, { ...REJECTED, code: "PA076" }],
  ["a mail that is deferred", { onMail: () => [451, "4.7.1 greylisted"] }, RETRIED],
  ["a mail that is too large", { onMail: () => [552, "5.3.4 too big"] }, { ...REJECTED, code: "PA077" }],
  ["a mail larger than announced", { size: 2000 }, { ...REJECTED, code: "PA077" }],
  ["an unknown recipient", { onRecipient: () => [550, "5.1.1 unknown"] }, { ...REJECTED, code: "PA076" }],
  ["a recipient whose mailbox is full", { onRecipient: () => [452, "4.2.2 full"] }, RETRIED],
  ["a sender who may not send", { onMailFrom: () => [550, "5.7.1 not you"] }, DOWN],
  ["a sender who is deferred", { onMailFrom: () => [451, "4.7.1 later"] }, RETRIED],
  ["a server that closes", { onMail: () => [421, "4.3.2 shutting down"] }, DOWN],
  ["a server that is busy", { onConnect: () => [421, "4.3.2 too many connections"] }, DOWN],
  ["a server that wants nobody", { onConnect: () => [554, "5.3.2 no"] }, DOWN],
  ["a connection that breaks in the mail", { onMail: () => "drop" }, RETRIED],
];
test.each(behaviours)("%s", async (_what, behaviour, expected) => {
  const peer = await smtpPeer(behaviour);
  const failure = await failureOf(useMailer().deliver(peer, deliveryOf(CHAT)));
  expect(failure).toMatchObject(expected);
  expect(peer.received).toEqual([]);
});

test("what the server said is told, but whom it named", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => [550, `5.1.1 <${to}>: no mailbox here\nask postmaster@x.example`],
  });
  const failure = await failureOf(
    useMailer().deliver(peer, deliveryOf(CHAT), { settings: { [CHAT]: { to_visitor: true } } }),
  );
  expect(failure.message).toContain("550 5.1.1 <(address)>: no mailbox here");
  expect(failure.receipt).toEqual({ status: 550, answer: expect.stringContaining("no mailbox here") });
  expect(JSON.stringify([failure, failure.message])).not.toContain("@");
});

test("nobody listens", async () => {
  const peer = await smtpPeer();
  const gone = { port: 1, behaviour: peer.behaviour };
  const failure = await failureOf(useMailer().deliver(gone, deliveryOf(CHAT)));
  expect(failure).toMatchObject({ ...DOWN, message: expect.stringContaining("ECONNREFUSED") });
});

test("a name that does not exist", async () => {
  const peer = await smtpPeer();
  const failure = await failureOf(
    useMailer().deliver(peer, deliveryOf(CHAT), { settings: { smtp: { host: "no-such-host.invalid" } } }),
  );
  expect(failure).toMatchObject(DOWN);
});

test("a wrong password, which is told nowhere", async () => {
  const peer = await smtpPeer({ login: { user: "shop", password: "right" } });
  const mailer = useMailer();
  const secrets = { user: "shop", password: "wrong-and-secret" };
  const failure = await failureOf(mailer.deliver(peer, deliveryOf(CHAT), { secrets }));
  expect(failure).toMatchObject({ ...DOWN, message: expect.stringContaining("refuses the login") });
  const told = JSON.stringify([failure, failure.message, failure.stack, failure.cause, mailer.logged]);
  expect(told).not.toContain("wrong-and-secret");
  expect(told).not.toContain(Buffer.from("\0shop\0wrong-and-secret").toString("base64"));
});

test("no login where one is demanded", async () => {
  const peer = await smtpPeer({ login: { user: "shop", password: "right" } });
  const failure = await failureOf(useMailer().deliver(peer, deliveryOf(CHAT)));
  expect(failure).toMatchObject(DOWN);
});

test("a server without the encryption that is set", async () => {
  const peer = await smtpPeer({ security: "none" });
  for (const security of ["starttls", "tls"] as const) {
    const failure = await failureOf(
      useMailer().deliver({ ...peer, behaviour: { security } }, deliveryOf(CHAT), {
        secrets: { user: "shop", password: "right" },
      }),
    );
    expect(failure).toMatchObject(DOWN);
  }
  expect(peer.received).toEqual([]);
});

test.each(["starttls", "tls"] as const)("a certificate that nobody trusts, with %s", async (security) => {
  const peer = await smtpPeer({ security });
  const distrusting = useMailer({ ca: "" });
  const failure = await failureOf(distrusting.deliver(peer, deliveryOf(CHAT)));
  expect(failure).toMatchObject({ ...DOWN, message: expect.stringContaining("no encrypted connection") });
});

test.each(["starttls", "tls", "none"] as const)("mails and logs in with %s", async (security) => {
  const peer = await smtpPeer({ security, login: { user: "shop", password: "right" } });
  await useMailer().deliver(peer, deliveryOf(CHAT), { secrets: { user: "shop", password: "right" } });
  expect(peer.received.map(({ isEncrypted }) => isEncrypted)).toEqual([security !== "none"]);
});

test("an attempt that is called off ends at once, and its connection too", async () => {
  let isAsked = false;
  const peer = await smtpPeer({
    onMail: () => {
      isAsked = true;
      return "silence";
    },
  });
  const controller = new AbortController();
  const failure = failureOf(useMailer().deliver(peer, deliveryOf(CHAT), { signal: controller.signal }));
  await until("the server has the mail", () => isAsked);
  const reason = new Error("the worker is shutting down");
  controller.abort(reason);
  expect(await failure).toBe(reason);
  await until("the connection is closed", () => peer.connections().open === 0);
});

test("an attempt that is called off while it connects ends at once", async () => {
  for (const security of ["starttls", "tls"] as const) {
    // Takes connections, and says nothing.
    const silent = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const connected = once(silent, "connection");
    const controller = new AbortController();
    const peer = { port: (silent.address() as AddressInfo).port, behaviour: { security } };
    const failure = failureOf(useMailer().deliver(peer, deliveryOf(CHAT), { signal: controller.signal }));
    const [socket] = await connected;
    const closed = once(socket.resume(), "close");
    controller.abort(new Error("shutting down"));
    expect((await failure).message).toBe("shutting down");
    await closed;
  }
});

test("a visitor's mistyped address fails nothing that the account's people got", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => (to.startsWith("li.na") ? [550, "5.1.1 unknown"] : undefined),
  });
  const receipt = await useMailer().deliver(peer, deliveryOf(MESSAGE), {
    settings: { [MESSAGE]: { to: ["team@shop.example"], to_visitor: true } },
    query: async () => [],
  });
  expect(receipt.note).toContain("a recipient was refused: 550 5.1.1 unknown");
});

test("a server that does not stop talking keeps nobody else waiting", () => {
  const start = performance.now();
  expect(replyText(`550 ${"x".repeat(1_000_000)}`)).toHaveLength(500);
  expect(performance.now() - start).toBeLessThan(1000);
});
