import { z } from "zod";
import { Reject } from "../broker/outcome.ts";
import { type ChatEnded, chatEnded } from "../consumers/schemas/chat-ended.ts";
import { offlineMessageSubmitted } from "../consumers/schemas/offline-message-submitted.ts";
import type { Delivery } from "./adapter.ts";
import { oneLine, type TranscriptLine, transcriptOf } from "./transcript.ts";

/** A chat that has ended, or an offline message, as a system that manages customers sees it: somebody asks something. */
export interface Enquiry {
  kind: "chat" | "offlineMessage";
  who: {
    name: string | null;
    company: string | null;
    phone: string | null;
    /** Where the visitor may be known, best first. */
    emails: string[];
    visitorId: string | null;
  };
  department: { id: number | null; name: string | null };
  subject: string;
  /** What is known about it besides what was said. */
  facts: { name: string; value: string }[];
  lines: TranscriptLine[];
  /** A ticket that it continues, by whoever manages tickets. */
  ticketId: string | null;
  /** Whether a ticket was asked for, new or not. */
  asksForTicket: boolean;
  /** ISO 8601. */
  startedAt: string;
  file: { name: string; content: Buffer } | null;
  /** What is asked of Salesforce. */
  salesforce: ChatEnded["salesforce"];
}

export type OfflineMessage = z.output<typeof offlineMessageSubmitted>;

/** The events that are enquiries. */
export const enquirySchemas = {
  "chat.ended": chatEnded,
  "offlineMessage.submitted": offlineMessageSubmitted,
};

const withDocument = <T extends z.ZodType>(schema: T) =>
  schema.and(z.unknown().transform((document) => ({ document })));

/** The same, with the document as it came beside what it says: settings map its members. */
export const mappableEnquirySchemas = {
  "chat.ended": withDocument(chatEnded),
  "offlineMessage.submitted": withDocument(offlineMessageSubmitted),
};

const LONGEST_SUBJECT = 150;

/** Of data as `mappableEnquirySchemas` read it. */
export function enquiryOf({ eventName, data, putAt }: Delivery): { enquiry: Enquiry; document: unknown } {
  const { document } = data as { document: unknown };
  if (eventName === "chat.ended") return { enquiry: ofChat(data as ChatEnded), document };
  if (eventName === "offlineMessage.submitted") {
    return { enquiry: ofOfflineMessage(data as OfflineMessage, putAt), document };
  }
  throw new Reject("PA020", `neither a chat that has ended nor an offline message: ${eventName}`);
}

export function ofChat(chat: ChatEnded): Enquiry {
  const { visitor } = chat;
  const lines = transcriptOf(chat);
  // 0 is .NET's unset value, here written as text.
  const ticketId = chat.ticketId === "0" ? null : chat.ticketId || null;
  const name = oneLine(chat.preChatName) || oneLine(visitor?.lastName ?? null) || null;
  const emails = addressesOf(chat.preChatEmail, visitor?.lastEmail ?? null);
  return {
    kind: "chat",
    who: {
      name,
      company: oneLine(chat.preChatCompany) || null,
      phone: oneLine(chat.preChatPhone) || null,
      emails,
      visitorId: visitor?.visitorId ?? null,
    },
    department: { id: chat.preChatDepartmentId, name: chat.preChatDepartmentName },
    subject: cut(`Chat with ${name ?? emails[0] ?? "a visitor"}`, LONGEST_SUBJECT),
    facts: factsOf([
      ["Chat", chat.chatGuid],
      ["Started", chat.startedAt],
      ["Ended", chat.endedAt],
      ["Name", name],
      ["E-mail", emails[0]],
      ["Phone", chat.preChatPhone],
      ["Company", chat.preChatCompany],
      ["Place", [visitor?.city, visitor?.country].filter(Boolean).join(", ")],
      ["Department", chat.preChatDepartmentName],
      ["Product or service", chat.preChatProductService],
      ["Page", chat.requestPageUrl],
      ["Rating", chat.ratingGrade?.toString()],
      ["Rating comment", chat.ratingComment],
      ["Agent's comment", chat.agentComment],
      ...chat.customFields.map(({ name, value }) => [name, value] as const),
    ]),
    lines,
    ticketId: chat.ifNewTicket ? null : ticketId,
    asksForTicket: chat.ifNewTicket === true || ticketId !== null,
    startedAt: chat.startedAt,
    file: null,
    salesforce: chat.salesforce,
  };
}

export function ofOfflineMessage(message: OfflineMessage, putAt: Date): Enquiry {
  const name = oneLine(message.visitorName) || null;
  const emails = addressesOf(message.visitorEmail);
  const title = oneLine(message.title);
  const at = putAt.toISOString();
  return {
    kind: "offlineMessage",
    who: {
      name,
      company: oneLine(message.visitorCompany) || null,
      phone: oneLine(message.visitorPhone) || null,
      emails,
      visitorId: message.visitorId,
    },
    department: { id: message.routeToType === DEPARTMENT ? message.routeToId : null, name: null },
    subject: cut(title || `Message from ${name ?? emails[0] ?? "a visitor"}`, LONGEST_SUBJECT),
    facts: factsOf([
      ["Sent", at],
      ["Name", name],
      ["E-mail", emails[0]],
      ["Phone", message.visitorPhone],
      ["Company", message.visitorCompany],
      ["Place", [message.city, message.country].filter(Boolean).join(", ")],
      ["Product or service", message.productService],
      ["Page", message.requestPageUrl],
      ...message.customFields.map(({ name, value }) => [name, value] as const),
    ]),
    lines: message.content ? [{ at, by: "visitor", name: name ?? "Visitor", text: message.content }] : [],
    ticketId: message.ticketId?.toString() ?? null,
    asksForTicket: true,
    startedAt: at,
    file: message.attachmentContent
      ? {
          name: oneLine(message.attachmentName) || "attachment",
          content: Buffer.from(message.attachmentContent.slice(2), "hex"),
        }
      : null,
    salesforce: null,
  };
}

/** Of RouteToType. */
const DEPARTMENT = 1;

function addressesOf(...given: (string | null)[]): string[] {
  const addresses = given.map((address) => address?.trim() ?? "").filter((address) => isAddress(address));
  return [...new Set(addresses)];
}

/** Whether mail could go there: the peers have rules of their own, and refuse the rest. */
function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+\.[^\s@<>"(),;:\\]+$/.test(text);
}

function factsOf(given: (readonly [string | null, string | null | undefined])[]): Enquiry["facts"] {
  return given
    .map(([name, value]) => ({ name: oneLine(name), value: oneLine(value ?? null) }))
    .filter(({ name, value }) => name !== "" && value !== "");
}

/** Text of at most so many characters (UTF-16 units, as peers count), never half a character. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
