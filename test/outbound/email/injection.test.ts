import fc from "fast-check";
import { expect, test } from "vitest";
import { readAddress } from "../../../src/outbound/email/address.ts";
import { mailOf } from "../../../src/outbound/email/message.ts";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, deliveryOf, exampleOf, failureOf, MESSAGE, settingsOf, useMailer } from "./mailing.ts";

const HEADER = "x\r\nBcc: victim@example.net\r\n\r\ninjected";
const MARKUP = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

const MAIL = [
  "from",
  "to",
  "subject",
  "message-id",
  "date",
  "mime-version",
  "content-type",
  "auto-submitted",
];
const THREAD = ["in-reply-to", "references"];

/** Names of headers: of the mail, then of each of its parts. */
function headersOf(source: string): string[][] {
  return [...source.matchAll(/boundary="([^"]+)"/g)]
    .reduce((parts, [, boundary]) => parts.flatMap((part) => part.split(`--${boundary}\r\n`)), [source])
    .map((part) => part.split("\r\n\r\n", 1)[0]!.replace(/\r\n[ \t]+/g, " "))
    .map((head) => head.split("\r\n").map((header) => header.split(":", 1)[0]!.toLowerCase()));
}

/** The document with every text in it replaced, but for dates, ids and codes. */
function withEveryText(document: unknown, text: string): unknown {
  if (Array.isArray(document)) return document.map((item) => withEveryText(item, text));
  if (typeof document === "object" && document !== null) {
    return Object.fromEntries(
      Object.entries(document).map(([key, value]) => [key, withEveryText(value, text)]),
    );
  }
  const isFree = typeof document === "string" && !/^[\d:T.Z+-]*$|^SW52/.test(document);
  return isFree ? text : document;
}

test.each([CHAT, MESSAGE] as const)("no member of %s becomes a header", async (event) => {
  const document = withEveryText(exampleOf(event), HEADER) as object;
  for (const audience of ["team", "visitor"] as const) {
    const { content } = await mailOf(
      deliveryOf(event, document),
      { name: event, data: deliveryOf(event, document).data } as never,
      { audience, to: ["team@shop.example"] },
      settingsOf(),
    );
    const [headers, ...parts] = headersOf(content.toString());
    expect(headers!.toSorted()).toEqual([...MAIL, ...(event === CHAT ? THREAD : [])].toSorted());
    expect(parts.flat().filter((name) => !name.startsWith("content-"))).toEqual([]);
  }
});

test.each([CHAT, MESSAGE] as const)("no member of %s becomes markup", async (event) => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(event, withEveryText(exampleOf(event), MARKUP) as object));
  const { html, text } = peer.received[0]!.mail;
  expect(html).toContain("&lt;script&gt;");
  expect(html).not.toMatch(/<script|<img/);
  expect(text).toContain("<script>alert(1)</script>");
});

test("links lead to the web only", async () => {
  const peer = await smtpPeer();
  const url = "javascript:alert(1)";
  await useMailer().deliver(
    peer,
    deliveryOf(CHAT, {
      RequestPageUrl: url,
      CustomVariables: [{ Id: 1, Name: "cart", Value: "x", Url: url }],
      Attachments: [{ Uid: "0f3a9b52-receipt.jpg", Url: url }],
    }),
  );
  expect(peer.received[0]!.source).not.toContain("javascript");
});

test("a link to write to the visitor writes to nobody else", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, { PreChatEmail: "ann?bcc=victim&body=x@example.com" }));
  await useMailer().deliver(
    peer,
    deliveryOf(CHAT, { PreChatEmail: "ann@example.com?bcc=victim@example.net" }),
  );
  const [escaped, none] = peer.received.map(({ mail }) => mail.html!);
  expect(escaped).toContain("mailto:ann%3Fbcc%3Dvictim%26body%3Dx@example.com");
  expect(none).not.toContain("mailto:");
});

test("a template of the visitor's own does nothing", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, { PreChatName: "{{visitor.email}}{{{visitor.email}}}" }));
  expect(peer.received[0]!.mail.subject).toBe("Chat with {{visitor.email}}{{{visitor.email}}} (Delivery)");
});

test.each([
  ["path", "../../etc/passwd", "passwd"],
  ["path of Windows", "C:\\Users\\ann\\bill.pdf", "bill.pdf"],
  ["header", "bill.pdf\r\nBcc: victim@example.net", "bill.pdf Bcc: victim@example.net"],
  ["turned round", "bill\u202efdp.exe", "billfdp.exe"],
  ["nothing", "", "attachment"],
])("a %s is no name of an attachment", async (_what, AttachmentName, filename) => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(MESSAGE, { AttachmentName }));
  expect(peer.received[0]!.mail.attachments[0]!.filename).toBe(filename);
});

test.each([
  "ann@example.com\r\nBcc: victim@example.net",
  "ann@example.com, victim@example.net",
  "ann@example.com> ORCPT=x",
  "Ann <ann@example.com>",
  "ann@example",
  "@example.com",
  "ann@",
  "ann@@example.com",
  ".ann@example.com",
  "ann@exam ple.com",
  "ann@[127.0.0.1]",
  "ann@-x.example",
  "ann\u0000@example.com",
  `${"a".repeat(65)}@example.com`,
  "nobody",
])("%j is no visitor's address", async (PreChatEmail) => {
  const peer = await smtpPeer();
  const visitorOnly = { settings: { [CHAT]: { to_visitor: true } } };
  const delivery = deliveryOf(CHAT, { PreChatEmail });
  const failure = await failureOf(useMailer().deliver(peer, delivery, visitorOnly));
  expect(failure).toMatchObject({ name: "MailRefused", code: "PA078" });
  expect(failure.message).toBe("nobody is left to mail to: the visitor's address is none");
  // Nor is an answer sent there.
  await useMailer().deliver(peer, delivery);
  expect(peer.received.map(({ to, mail }) => [to, mail.replyTo])).toEqual([
    [["team@shop.example"], undefined],
  ]);
});

test("whatever is read as an address is one line, of one address", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.emailAddress()), fc.string(), (one, other) => {
      for (const text of [one, `${one}@${other}.com`, `${one}${other}`]) {
        const address = readAddress(text);
        if (address !== undefined) expect(address).toMatch(/^[^\s<>,;:"()@\\]+@[a-z\d.-]+$/);
      }
    }),
    { numRuns: 500 },
  );
});
