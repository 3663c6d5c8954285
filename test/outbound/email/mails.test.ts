import { expect, test } from "vitest";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, deliveryOf, MESSAGE, useMailer } from "./mailing.ts";

test("a chat becomes a mail of text and HTML", async () => {
  const peer = await smtpPeer();
  const receipt = await useMailer().deliver(peer, deliveryOf(CHAT));

  expect(peer.received).toHaveLength(1);
  const [{ from, to, mail, isEncrypted }] = peer.received as [(typeof peer.received)[0]];
  expect({ from, to, isEncrypted }).toEqual({
    from: "support@shop.example",
    to: ["team@shop.example"],
    isEncrypted: true,
  });
  expect(mail.subject).toBe("Chat with Дарина Коваль (Delivery)");
  expect(mail.from).toMatchObject({ name: "Світанок", address: "support@shop.example" });
  expect(mail.date).toBe("2026-03-02T09:27:42.000Z");
  expect(mail.text).toMatchSnapshot("text");
  expect(mail.html).toMatchSnapshot("HTML");
  expect(receipt).toMatchObject({ status: 250, reference: mail.messageId });
});

test("the visitor's has no comments and variables of the account's, and the visitor's own times", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, { Visitor: { TimeZone: -5 } }), {
    settings: { [CHAT]: { to_visitor: true } },
  });
  const { to, mail } = peer.received[0]!;
  expect(to).toEqual(["daryna.koval@example.com"]);
  expect(mail.text).toMatchSnapshot("text");
  expect(`${mail.text}${mail.html}`).not.toMatch(/customs;|cart|T-20931/);
  expect(mail.html).toContain("04:14");
});

test("an offline message becomes a mail with its attachment, answered to the visitor", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(MESSAGE));
  const { mail } = peer.received[0]!;
  expect(mail.subject).toBe("发票 (李娜)");
  expect(mail.replyTo).toMatchObject([{ address: "li.na@example.com" }]);
  expect(mail.text).toMatchSnapshot("text");
  const [attachment] = mail.attachments;
  expect(attachment).toMatchObject({ filename: "invoice.txt", mimeType: "text/plain" });
  expect(Buffer.from(attachment!.content as ArrayBuffer).toString()).toBe("Invoice 88214\n");
});

test("what a visitor sent is not sent to an address that may be anybody's", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(MESSAGE), { settings: { [MESSAGE]: { to_visitor: true } } });
  expect(peer.received[0]!.mail).toMatchObject({ subject: "We have your message: 发票", attachments: [] });
});

test("a page without a title is named once, and a variable without a link has none", async () => {
  const peer = await smtpPeer();
  const changes = {
    RequestPageTitle: "",
    RequestPageUrl: "https://shop.example.com/contact",
    CustomVariables: [{ Id: 1, Name: "tier", Value: "gold" }],
  };
  await useMailer().deliver(peer, deliveryOf(MESSAGE, changes));
  const lines = peer.received[0]!.mail.text!.split("\n");
  expect(lines).toContain("Page: https://shop.example.com/contact");
  expect(lines).toContain("tier: gold");
});

test("a chat that ends on another day says on which", async () => {
  const peer = await smtpPeer();
  const times = { Start: "2026-03-02T21:50:00Z", End: "2026-03-02T22:10:00Z" };
  await useMailer().deliver(peer, deliveryOf(CHAT, times));
  const { mail } = peer.received[0]!;
  expect(mail.text).toContain("2 March 2026, 23:50-3 March 2026, 00:10 (EET)");
  expect(mail.html).toContain("2 March 2026, 23:50&ndash;3 March 2026, 00:10 (EET)");
});

test("names in Arabic stand beside what they are, in HTML", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, { PreChatName: "علي" }));
  expect(peer.received[0]!.mail.html).toMatch(/<td dir="auto"[^>]*text-align:left">علي</);
});

test("code and tables keep their spaces, in HTML too", async () => {
  const peer = await smtpPeer();
  const Message = "if (x) {\n\n    y;\n}\na   b";
  const line = { Id: 1, SenderType: 0, Message, Time: "2026-03-02T09:15:00Z" };
  await useMailer().deliver(peer, deliveryOf(CHAT, { Messages: [line] }));
  const { mail } = peer.received[0]!;
  expect(mail.text).toContain("if (x) {\n\n        y;\n    }\n    a   b");
  for (const row of ["\u00a0", "\u00a0\u00a0\u00a0 y;", "a\u00a0\u00a0 b"])
    expect(mail.html).toContain(`<div dir="auto">${row}</div>`);
});

test("files of a chat are linked", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT));
  const { mail } = peer.received[0]!;
  expect(mail.attachments).toEqual([]);
  expect(mail.text).toContain("https://files.example.com/0f3a9b52-receipt.jpg");
});

test("mails of one chat are threaded, whatever they are about and whoever gets them", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  const SourceChatId = "7D1C6E0A-4C1F-4B9E-9A55-2F0C8D3E6B71";
  await mailer.deliver(peer, deliveryOf(CHAT));
  await mailer.deliver(peer, deliveryOf(MESSAGE, { SourceChatId }, { id: "parley-7-43" }));
  await mailer.deliver(peer, deliveryOf(MESSAGE, {}, { id: "parley-7-44" }));
  const [chat, followUp, other] = peer.received.map(({ mail }) => mail);
  expect(chat!.inReplyTo).toMatch(/^<[\da-f]{40}@shop\.example>$/);
  expect(followUp!.inReplyTo).toBe(chat!.inReplyTo);
  expect(followUp!.references).toBe(chat!.references);
  expect(other!.references).toBeUndefined();
  expect(new Set([chat, followUp, other].map((mail) => mail!.messageId)).size).toBe(3);
});

test("chats of one conversation are threaded", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  await mailer.deliver(peer, deliveryOf(CHAT, { ConversationId: 9, ChatId: "dialog-1" }, { id: "1" }));
  await mailer.deliver(peer, deliveryOf(CHAT, { ConversationId: 9, ChatId: "dialog-2" }, { id: "2" }));
  const [first, second] = peer.received.map(({ mail }) => mail.references!.split(" "));
  expect(first).toHaveLength(2);
  expect(second![0]).toBe(first![0]);
  expect(second![1]).not.toBe(first![1]);
});

test("no robot is asked to answer", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT));
  const { headers } = peer.received[0]!.mail;
  expect(headers).toContainEqual(expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }));
  expect(headers.filter(({ key }) => key.startsWith("list-"))).toEqual([]);
});

test("attempted again, it is the same mail: id, date, subject, thread", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, {}, { attempt: 1 }));
  await useMailer().deliver(peer, deliveryOf(CHAT, {}, { attempt: 2 }));
  const [first, second] = peer.received.map(({ mail: { messageId, date, subject, references } }) => ({
    messageId,
    date,
    subject,
    references,
  }));
  expect(second).toEqual(first);
});

test("right to left, emoji and combining characters arrive as they were written", async () => {
  const peer = await smtpPeer();
  const text = "שלום! هل وصل الطلب؟ 👩‍👩‍👧 é";
  await useMailer().deliver(
    peer,
    deliveryOf(CHAT, {
      PreChatName: "يوسف 👋",
      Messages: [{ Id: 1, SenderType: 0, SenderName: "يوسف", Message: text, Time: "2026-03-02T09:15:00Z" }],
    }),
  );
  const { mail } = peer.received[0]!;
  expect(mail.subject).toBe("Chat with يوسف 👋 (Delivery)");
  expect(mail.text).toContain(`11:15 يوسف: ${text}`);
  expect(mail.html).toContain(`<div dir="auto">${text}</div>`);
});

test("addresses of any alphabet are mailed to", async () => {
  const peer = await smtpPeer();
  const mailer = useMailer();
  await mailer.deliver(peer, deliveryOf(CHAT, { PreChatEmail: "anna@bücher.example" }), {
    settings: { [CHAT]: { to_visitor: true } },
  });
  await mailer.deliver(peer, deliveryOf(CHAT, { PreChatEmail: "дарина@кава.example" }), {
    settings: { [CHAT]: { to_visitor: true } },
  });
  expect(peer.received.map(({ to }) => to)).toEqual([["anna@bücher.example"], ["дарина@кава.example"]]);
  expect(peer.received[0]!.source).toContain("To: anna@xn--bcher-kva.example\r\n");
});
