import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Delivery } from "../adapter.ts";
import { oneLine } from "../transcript.ts";
import { domainOf, readAddress } from "./address.ts";
import { defaultTemplate } from "./default-templates.ts";
import { type MailedEvent, visitorAddressOf } from "./events.ts";
import type { Audience } from "./recipients.ts";
import type { EmailSettings, Templates } from "./settings.ts";
import { render } from "./template.ts";
import { attachmentName, timeStyleOf, viewOf } from "./view.ts";

const LONGEST_SUBJECT = 200;

export interface Mail {
  id: string;
  content: Buffer;
}

/** The mail of a delivery for one audience. Attempted again, it is the same mail: same Message-ID, same date, same recipients. */
export async function mailOf(
  delivery: Pick<Delivery, "id" | "putAt">,
  event: MailedEvent,
  { audience, to }: { audience: Audience; to: string[] },
  settings: EmailSettings,
): Promise<Mail> {
  const view = viewOf(event, audience, delivery.putAt, timeStyleOf(event, audience, settings));
  const wanted = settings[event.name]!;
  const own: Templates = audience === "team" ? wanted.templates : wanted.visitor_templates;
  const fill = (part: "subject" | "text" | "html") =>
    render(own[part] ?? defaultTemplate(event.name, audience, part), view, part === "html" ? "html" : "text");

  const domain = domainOf(settings.from.address);
  const id = messageId(`${audience}.${delivery.id}`, domain);
  const thread = threadOf(event, domain);
  const replyTo = replyAddress(event, audience, settings);
  const node = new MailComposer({
    messageId: id,
    date: delivery.putAt,
    from: settings.from,
    to: to.map((address) => ({ name: "", address })),
    ...(replyTo && { replyTo }),
    subject: [...oneLine(fill("subject"))].slice(0, LONGEST_SUBJECT).join(""),
    ...(thread.length > 0 && { inReplyTo: thread.at(-1)!, references: thread }),
    // No robot answers a robot (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
    text: fill("text"),
    html: fill("html"),
    attachments: audience === "team" ? attachmentsOf(event) : [],
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  return { id, content: await node.build() };
}

/**
 * What mails of one chat refer to, though no mail has these ids: clients gather mails with a common reference. The conversation that the
 * chat is part of, then the chat; an offline message belongs to the chat it came from.
 */
function threadOf({ name, data }: MailedEvent, domain: string): string[] {
  const root = (kind: string, id: string) => messageId(`${kind}.${data.accountId}.${id}`, domain);
  if (name === "offlineMessage.submitted") {
    return data.sourceChatGuid === null ? [] : [root("chat", data.sourceChatGuid)];
  }
  const conversation = data.conversationId === null ? [] : [root("conversation", data.conversationId)];
  return [...conversation, root("chat", data.chatGuid)];
}

/** Ids of deliveries and chats may hold anything; of these nothing needs to be read. */
function messageId(of: string, domain: string): string {
  return `<${createHash("sha256").update(of).digest("hex").slice(0, 40)}@${domain}>`;
}

/** So that pressing "reply" answers whom it seems to answer. */
function replyAddress(event: MailedEvent, audience: Audience, settings: EmailSettings) {
  if (settings.reply_to) return settings.reply_to;
  const visitor = audience === "team" ? readAddress(visitorAddressOf(event) ?? "") : undefined;
  return visitor === undefined ? undefined : { name: "", address: visitor };
}

/** What came with an offline message: not for the visitor, whose address may be anybody's. Files of chats are linked, never fetched. */
function attachmentsOf({ name, data }: MailedEvent): { filename: string; content: Buffer }[] {
  if (name !== "offlineMessage.submitted" || data.attachmentContent === null) return [];
  // As PostgreSQL writes bytes: \x and hexadecimal digits.
  const content = Buffer.from(data.attachmentContent.slice(2), "hex");
  return [{ filename: attachmentName(data.attachmentName), content }];
}
