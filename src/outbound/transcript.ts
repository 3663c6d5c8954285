import type { ChatEnded } from "../consumers/schemas/chat-ended.ts";
import { localDate, localTime, type TimeStyle } from "./local-time.ts";
import { plainText } from "./plain-text.ts";

/** One line of a chat as people read it. */
export interface TranscriptLine {
  /** ISO 8601 in UTC. */
  at: string;
  by: "visitor" | "agent" | "bot" | "system";
  /** Who is shown: never empty, but for the system. */
  name: string;
  /** Without markup; not escaped for HTML. */
  text: string;
  /** The same in the other one's language, where the server has translated it. */
  translated?: string;
  attachment?: { name: string; url?: string };
}

/** By `SenderType`. */
const SENDERS = ["visitor", "agent", "system", "bot"] as const;
const NAMELESS = { visitor: "Visitor", agent: "Agent", bot: "Bot", system: "" };

/** What was said in a chat, in the order of its times. Agents' notes are not part of it. */
export function transcriptOf(chat: ChatEnded): TranscriptLine[] {
  return chat.messages
    .toSorted((one, other) => compare(one.createdAt, other.createdAt))
    .map((message) => {
      const by = SENDERS[message.senderType]!;
      const translated = plainText(message.translatedContent ?? "");
      return {
        at: message.createdAt,
        by,
        name: oneLine(message.senderName) || (by === "visitor" && oneLine(chat.preChatName)) || NAMELESS[by],
        text: plainText(message.content ?? ""),
        ...(translated !== "" && { translated }),
        ...(message.attachment && { attachment: attachmentOf(message.attachment, chat) }),
      };
    })
    .filter((line) => line.text !== "" || line.translated !== undefined || line.attachment !== undefined);
}

/**
 * The transcript as text, for mails, comments of tickets and descriptions of cases: a heading per day, a gap
 * before the next one, then `11:14 Olena: Hello`, further lines indented.
 */
export function transcriptText(lines: readonly TranscriptLine[], style: TimeStyle): string {
  let day = "";
  return lines
    .flatMap((line) => {
      const previous = day;
      day = localDate(line.at, style);
      const gap = previous === "" ? [] : [""];
      const heading = previous === day ? [] : [...gap, day];
      return [...heading, lineText(line, style)];
    })
    .join("\n");
}

function lineText(line: TranscriptLine, style: TimeStyle): string {
  const parts = [line.text, line.translated && `[${line.translated}]`, fileText(line.attachment)];
  const content = parts
    .filter(Boolean)
    .join("\n")
    .replace(/\n(?!\n)/g, "\n    ");
  const who = line.name === "" ? "*" : `${line.name}:`;
  return `${localTime(line.at, style)} ${who} ${content}`;
}

function fileText(file: TranscriptLine["attachment"]): string {
  if (!file) return "";
  return file.url === undefined ? `[file: ${file.name}]` : `[file: ${file.name}] ${file.url}`;
}

/** Messages name a file by its name or id; where it lies is in the chat's own list. Files of agents' notes are not shown. */
function attachmentOf(named: string, { attachments }: ChatEnded): { name: string; url?: string } {
  const file = attachments.find(
    ({ uid, filePath, url, isNoteFile }) =>
      !isNoteFile && (uid === named || fileName(filePath) === named || fileName(url) === named),
  );
  const name = oneLine(file?.uid === named ? (fileName(file.filePath) ?? named) : named);
  const url = webAddress(file?.url ?? null);
  return url === undefined ? { name } : { name, url };
}

function fileName(path: string | null): string | undefined {
  return path?.split("/").at(-1) || undefined;
}

/** The address if it is one of the web: what else `javascript:` and the like would do is no link's business. */
export function webAddress(given: string | null): string | undefined {
  if (given === null || !URL.canParse(given)) return undefined;
  const { protocol, href } = new URL(given);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}

/** What turns the reading direction of all that follows it, so that a name reads as another one. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Names and titles, which may come with anything in them, on one line. */
export function oneLine(text: string | null): string {
  return plainText(text ?? "")
    .replace(BIDI_CONTROLS, "")
    .replace(/\s+/g, " ");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
