import { expect, test } from "vitest";
import { emailSettings } from "../../../src/outbound/email/settings.ts";
import { render } from "../../../src/outbound/email/template.ts";
import { smtpPeer } from "../peers/smtp-peer.ts";
import { CHAT, deliveryOf, failureOf, useMailer } from "./mailing.ts";

const SMTP = { host: "mail.example.com" };
const settings = (changes: object) => ({ smtp: SMTP, from: "support@shop.example", ...changes });

test("an account's own templates are used, the default ones for what it leaves out", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT), {
    settings: {
      [CHAT]: {
        to: ["team@shop.example"],
        templates: {
          subject: "[{{department}}] {{visitor.name}}, {{minutes}} min",
          html: "{{#lines}}{{#by.visitor}}<p>{{time}} {{name}}</p>{{/by.visitor}}{{/lines}}{{nothing}}",
        },
      },
    },
  });
  const { mail } = peer.received[0]!;
  expect(mail.subject).toBe("[Delivery] Дарина Коваль, 13 min");
  expect(mail.html).toBe("<p>11:14 Дарина Коваль</p><p>11:16 Дарина Коваль</p><p>11:26 Дарина Коваль</p>");
  expect(mail.text).toContain("11:15 Olena: Вітаю, Дарино!");
});

test("a subject is one line of no more than 200 characters", async () => {
  const peer = await smtpPeer();
  await useMailer().deliver(peer, deliveryOf(CHAT, { PreChatName: "п".repeat(1000) }), {
    settings: { [CHAT]: { to: ["team@shop.example"], templates: { subject: "a\nb {{visitor.name}}" } } },
  });
  expect(peer.received[0]!.mail.subject).toBe(`a b ${"п".repeat(196)}`);
});

test.each([
  ["html", "{{#lines}}never ends", "Unclosed section"],
  ["html", "{{{visitor.name}}}", "would not be escaped: write {{visitor.name}}"],
  ["html", "{{#lines}}{{&name}}{{/lines}}", "would not be escaped: write {{name}}"],
  ["text", "{{> other}}", "there are no partials"],
  ["text", "{{=<% %>=}}<%& visitor.name %>", "the delimiters cannot be changed"],
  ["subject", "x".repeat(501), "500"],
  ["html", "x".repeat(64 * 1024 + 1), "65536"],
  ["body", "x", "body"],
])("a template of %s that cannot be used is told: %.30s", (part, source, message) => {
  const parsed = emailSettings.safeParse(settings({ [CHAT]: { templates: { [part]: source } } }));
  expect(parsed.success).toBe(false);
  const [issue] = parsed.error!.issues;
  expect(issue!.message).toContain(message);
  expect(issue!.path.slice(0, 2)).toEqual([CHAT, "templates"]);
});

test.each([
  ["host", { smtp: { host: "mail.example.com/x" } }, "the name or the address of a mail server"],
  ["encryption", { smtp: { ...SMTP, security: "ssl" } }, "starttls"],
  ["sender", { from: "a@example.com, b@example.com" }, "expected one address"],
  ["recipient", { [CHAT]: { to: ["nobody"] } }, "expected an address"],
  ["zone", { time_zone: "Mars" }, "expected a time zone"],
  ["language", { language: "klingon!" }, "expected a language"],
  ["event", { "ban.added": { to: [] } }, "ban.added"],
])("a %s that cannot be used is told", (_what, changes, message) => {
  const parsed = emailSettings.safeParse(settings(changes));
  expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
});

test.each(["constructor", "__proto__", "toString", "visitor.constructor.name", "lines.length", "lines.map"])(
  "{{%s}} is empty: templates see what the documentation lists, and nothing of JavaScript",
  (name) => {
    const view = { visitor: { name: "Ann" }, lines: [{ text: "x" }] };
    expect(render(`<{{${name}}}{{#${name}}}!{{/${name}}}>`, view, "html")).toBe("<>");
  },
);

test("a template that repeats lists within lists is stopped", async () => {
  const peer = await smtpPeer();
  const html = `${"{{#lines}}".repeat(12)}x${"{{/lines}}".repeat(12)}`;
  const failure = await failureOf(
    useMailer().deliver(peer, deliveryOf(CHAT), {
      settings: { [CHAT]: { to: ["team@shop.example"], templates: { html } } },
    }),
  );
  expect(failure).toMatchObject({ name: "MailRefused", code: "PA077" });
});
