import { expect, test } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { type Attempt, CHAT, deliveryOf, failureOf, useMailer } from "./mailing.ts";

const database = useDatabase();

const THREE = { [CHAT]: { to: ["a@shop.example", "b@shop.example"], to_visitor: true } };

async function attempt(settings: object = THREE): Promise<Attempt> {
  const worker = await database.connect("parley_worker");
  return { settings, query: async (text, values) => (await worker.query(text, values)).rows };
}

const mailedTo = (received: { to: string[] }[]) => received.map(({ to }) => to.join());

test("who has the mail does not get it again when others are deferred", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => (to.startsWith("b") ? [450, "4.2.0 later"] : undefined),
  });
  const mailer = useMailer();
  const delivery = deliveryOf(CHAT, {}, { id: "deferred" });
  const failure = await failureOf(mailer.deliver(peer, delivery, await attempt()));
  expect(failure).toMatchObject({ name: "MailDeferred", code: "PA079" });
  expect(failure.message).toBe("the mail server defers a recipient (450 4.2.0 later)");
  expect(mailedTo(peer.received)).toEqual(["a@shop.example", "daryna.koval@example.com"]);

  delete peer.behaviour.onRecipient;
  await mailer.deliver(peer, delivery, await attempt());
  expect(mailedTo(peer.received).slice(2)).toEqual(["b@shop.example"]);
  const [first, , second] = peer.received.map(({ mail }) => mail);
  expect(second!.messageId).toBe(first!.messageId);
  expect(second!.to).toEqual(first!.to);
});

test("the account's people have theirs, whatever happens with the visitor's", async () => {
  const peer = await smtpPeer({
    onMail: ({ to }) => (to[0]!.startsWith("daryna") ? [421, "4.3.2 shutting down"] : undefined),
  });
  const mailer = useMailer();
  const delivery = deliveryOf(CHAT, {}, { id: "visitor down" });
  expect(await failureOf(mailer.deliver(peer, delivery, await attempt()))).toMatchObject({ code: "PA075" });
  delete peer.behaviour.onMail;
  await mailer.deliver(peer, delivery, await attempt());
  expect(mailedTo(peer.received)).toEqual(["a@shop.example,b@shop.example", "daryna.koval@example.com"]);
});

test("delivered again on purpose, everybody gets it again, under the same Message-ID", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => (to.startsWith("b") ? [450, "4.2.0 later"] : undefined),
  });
  const mailer = useMailer();
  const delivery = deliveryOf(CHAT, {}, { id: "again" });
  await failureOf(mailer.deliver(peer, delivery, await attempt()));
  delete peer.behaviour.onRecipient;
  await mailer.deliver(peer, delivery, await attempt());
  peer.received.length = 0;

  await mailer.deliver(peer, delivery, await attempt());
  expect(mailedTo(peer.received)).toEqual(["a@shop.example,b@shop.example", "daryna.koval@example.com"]);
  const { rows } = await database.pool.query("select from outbound.mailed where delivery_id = 'again'");
  expect(rows).toEqual([]);
});

test("refused recipients are told, and the others have theirs", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => (to.startsWith("b") ? [550, "5.1.1 unknown"] : undefined),
  });
  const receipt = await useMailer().deliver(peer, deliveryOf(CHAT, {}, { id: "refused" }), await attempt());
  expect(mailedTo(peer.received)).toEqual(["a@shop.example", "daryna.koval@example.com"]);
  expect(receipt).toMatchObject({
    status: 250,
    note: expect.stringContaining("refused: 550 5.1.1 unknown"),
  });
});

test("a mail that none of the account's people got is rejected, though the visitor has one", async () => {
  const peer = await smtpPeer({
    onRecipient: (to) => (to.endsWith("shop.example") ? [550, "5.1.1 no"] : undefined),
  });
  const failure = await failureOf(
    useMailer().deliver(peer, deliveryOf(CHAT, {}, { id: "nobody" }), await attempt()),
  );
  expect(failure).toMatchObject({ name: "MailRefused", code: "PA076" });
  expect(mailedTo(peer.received)).toEqual(["daryna.koval@example.com"]);
});

test("no address is kept for it", async () => {
  const { rows } = await database.pool.query("select m::text as row from outbound.mailed m");
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ row }) => row).join()).not.toContain("@");
});

test("what nobody asks for any more is forgotten after 90 days", async () => {
  await database.pool.query(
    "insert into outbound.mailed values ('old', sha256('x'), broker.now() - interval '91 days'), ('newer', sha256('x'), broker.now() - interval '89 days')",
  );
  await database.pool.query("select outbound.forget_old_mailed()");
  const { rows } = await database.pool.query(
    "select delivery_id from outbound.mailed where delivery_id in ('old', 'newer')",
  );
  expect(rows).toEqual([{ delivery_id: "newer" }]);
});
