import type { z } from "zod";
import type { ChatEnded } from "../../consumers/schemas/chat-ended.ts";
import type { customField, customVariable } from "../../consumers/schemas/custom.ts";
import { localDate, localTime, type TimeStyle, timeZoneOf, zoneName } from "../local-time.ts";
import { plainText } from "../plain-text.ts";
import { oneLine, transcriptOf, transcriptText, webAddress } from "../transcript.ts";
import { mailtoOf } from "./address.ts";
import { isMissed, type MailedEvent, type OfflineMessage, visitorAddressOf } from "./events.ts";
import type { Audience } from "./recipients.ts";
import type { EmailSettings } from "./settings.ts";

const NO_BREAK_SPACE = "\u00a0";

/** How times are written in a mail: the visitor's own zone in theirs. */
export function timeStyleOf(event: MailedEvent, audience: Audience, settings: EmailSettings): TimeStyle {
  const { language, time_zone: timeZone } = settings;
  if (audience === "team") return { language, timeZone };
  const given = event.name === "chat.ended" ? (event.data.visitor?.timeZone ?? null) : event.data.timeZone;
  return { language, timeZone: timeZoneOf(given) ?? timeZone };
}

/**
 * What templates can show; docs/consumers/email.md lists it. All of it is text without markup, names and titles on one line,
 * links of the web only. What an account keeps to itself is not in the visitor's.
 */
export function viewOf(event: MailedEvent, audience: Audience, at: Date, style: TimeStyle): object {
  const view =
    event.name === "chat.ended"
      ? chatView(event.data, style)
      : offlineView(event.data, at.toISOString(), style);
  return {
    ...view,
    language: style.language,
    ...(audience === "team" && internalView(event)),
  };
}

function chatView(chat: ChatEnded, style: TimeStyle): object {
  const lines = transcriptOf(chat);
  return {
    ...time(chat.startedAt, style),
    ended: ending(chat, style),
    minutes: Math.round((Date.parse(chat.endedAt) - Date.parse(chat.startedAt)) / 60_000),
    missed: isMissed(chat),
    visitor: {
      name: oneLine(chat.preChatName) || oneLine(chat.visitor?.lastName ?? null),
      ...emailView(visitorAddressOf({ name: "chat.ended", data: chat })),
      phone: oneLine(chat.preChatPhone),
      company: oneLine(chat.preChatCompany),
      country: oneLine(chat.visitor?.country ?? null),
      city: oneLine(chat.visitor?.city ?? null),
    },
    department: oneLine(chat.preChatDepartmentName),
    product_service: oneLine(chat.preChatProductService),
    page: page(chat.requestPageTitle, chat.requestPageUrl),
    rating:
      chat.ratingGrade === null ? null : { grade: chat.ratingGrade, comment: oneLine(chat.ratingComment) },
    transcript: transcriptText(lines, style),
    lines: lines.map((line, index) => {
      const date = localDate(line.at, style);
      const previous = lines[index - 1];
      return {
        date: previous && localDate(previous.at, style) === date ? null : date,
        time: localTime(line.at, style),
        name: line.name,
        by: { [line.by]: true },
        rows: rows(line.text),
        translated_rows: rows(line.translated ?? ""),
        attachment: line.attachment ?? null,
      };
    }),
  };
}

function offlineView(message: OfflineMessage, at: string, style: TimeStyle): object {
  const content = plainText(message.content ?? "");
  return {
    ...time(at, style),
    title: oneLine(message.title),
    content,
    rows: rows(content),
    attachment_name: message.attachmentContent === null ? null : attachmentName(message.attachmentName),
    visitor: {
      name: oneLine(message.visitorName),
      ...emailView(message.visitorEmail),
      phone: oneLine(message.visitorPhone),
      company: oneLine(message.visitorCompany),
      country: oneLine(message.country),
      city: oneLine(message.city),
    },
    product_service: oneLine(message.productService),
    page: page(message.requestPageTitle, message.requestPageUrl),
  };
}

/** A chat that went past midnight would seem to end before it started. */
function ending({ startedAt, endedAt }: ChatEnded, style: TimeStyle): string {
  const date = localDate(endedAt, style);
  const at = localTime(endedAt, style);
  return date === localDate(startedAt, style) ? at : `${date}, ${at}`;
}

/** Only for the account's own people. */
function internalView({ name, data }: MailedEvent): object {
  return {
    for_team: true,
    ticket_id: oneLine(String(data.ticketId ?? "")),
    custom_fields: data.customFields.map(fieldView),
    custom_variables: data.customVariables.map(variableView),
    agent_comment: name === "chat.ended" ? plainText(data.agentComment ?? "") : "",
    agent_comment_rows: name === "chat.ended" ? rows(plainText(data.agentComment ?? "")) : [],
  };
}

/** As it was given, and as a link if it is an address. */
function emailView(given: string | null): object {
  return { email: oneLine(given), mailto: mailtoOf(given) ?? null };
}

function fieldView({ name, value }: z.output<typeof customField>): object {
  return { name: oneLine(name), value: oneLine(value) };
}

function variableView({ name, value, url }: z.output<typeof customVariable>): object {
  return { name: oneLine(name), value: oneLine(value), url: webAddress(url) ?? null };
}

function time(at: string, style: TimeStyle): object {
  return { date: localDate(at, style), time: localTime(at, style), zone: zoneName(at, style) };
}

function page(title: string | null, url: string | null): object | null {
  const link = webAddress(url) ?? null;
  const name = oneLine(title);
  if (!name && !link) return null;
  return { title: name || link, url: link, text: [name, link].filter(Boolean).join(" ") };
}

/** Lines as list, for HTML, where line feeds are nothing, and of spaces but one between words. An empty one would have no height. */
function rows(text: string): string[] {
  return text === "" ? [] : text.split("\n").map((row) => keepSpaces(row) || NO_BREAK_SPACE);
}

function keepSpaces(row: string): string {
  return row.replaceAll("\t", "    ").replace(/^ | (?= )/g, NO_BREAK_SPACE);
}

/** The last part of a path, fit for any file system. */
export function attachmentName(given: string | null): string {
  const name = oneLine(given).split(/[\\/]/).at(-1)!;
  return name.replace(/^\.+/, "").slice(-100) || "attachment";
}
