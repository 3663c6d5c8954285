import { Reject } from "../../broker/outcome.ts";
import type { ChatEnded } from "../../consumers/schemas/chat-ended.ts";
import { toColumns } from "../../consumers/to-columns.ts";
import type { Delivery } from "../adapter.ts";
import { type Enquiry, type OfflineMessage, ofChat, ofOfflineMessage } from "../enquiry.ts";
import type { TimeStyle } from "../local-time.ts";
import { oneLine, transcriptText, webAddress } from "../transcript.ts";

/** A file that belongs to an entry: one of the chat server by its address, that of an offline message with its bytes. */
export interface File {
  name: string;
  url?: string;
  size?: number;
  content?: Buffer;
}

/** What an event wants to be written in a ticket. */
export interface Entry {
  /** The same however often the event, or a later event of the same chat, is delivered. */
  sourceId: string;
  enquiry: Enquiry;
  /** The ticket that it belongs to, as the event calls it; null: none. */
  ticketId: string | null;
  /** Whether a ticket is asked for that does not exist yet. */
  isNew: boolean;
  /** Whether a ticket that is solved must be opened: somebody wrote, and no agent was there. */
  isUnanswered: boolean;
  author: "contact" | "system";
  text: string | null;
  files: File[];
  /** For agents only. */
  note: string | null;
  noteFiles: File[];
  chatId: string | null;
  /** Who it is about, in the columns that chat._chat_contact and chat._is_from_dialog read; null: nobody knows. */
  contact: Record<string, unknown> | null;
}

/** Undefined: the event wants no ticket. `data` is as the schema of its event made it. */
export function entryOf({ eventId, eventName, data, putAt }: Delivery, style: TimeStyle): Entry | undefined {
  if (eventName === "chat.ended") return entryOfChat(data as ChatEnded, style);
  if (eventName === "offlineMessage.submitted") {
    return entryOfOfflineMessage(data as OfflineMessage, eventId, putAt);
  }
  throw new Reject("PA020", `neither a chat that has ended nor an offline message: ${eventName}`);
}

function entryOfChat(chat: ChatEnded, style: TimeStyle): Entry | undefined {
  // 0 is .NET's unset value, here written as text.
  const ticketId = [null, "", "0"].includes(chat.ticketId) ? null : chat.ticketId;
  if (!chat.ifNewTicket && ticketId === null) return undefined;
  const enquiry = ofChat(chat);
  const note = enquiry.facts.map(({ name, value }) => `${name}: ${value}`).join("\n");
  const filesOf = (isNoteFile: boolean): File[] =>
    chat.attachments
      .filter((file) => (file.isNoteFile ?? false) === isNoteFile)
      .map(({ uid, filePath, url }) => {
        const address = webAddress(url);
        return {
          name: oneLine(filePath?.split("/").at(-1) ?? "") || uid,
          ...(address !== undefined && { url: address }),
        };
      });
  return {
    sourceId: `chat:${chat.chatGuid}`,
    enquiry,
    ticketId,
    isNew: chat.ifNewTicket === true,
    isUnanswered: chat.agentIds.length === 0,
    author: "system",
    text: transcriptText(enquiry.lines, style) || "Nothing was said in this chat.",
    files: filesOf(false),
    note: note || null,
    noteFiles: filesOf(true),
    chatId: chat.chatGuid,
    contact: toColumns({
      chatGuid: chat.chatGuid,
      sessionId: chat.sessionId,
      visitor: chat.visitor,
      preChatName: chat.preChatName,
      preChatEmail: chat.preChatEmail,
      preChatPhone: chat.preChatPhone,
      dialogId: chat.dialogId,
      conversationId: chat.conversationId,
    }) as Record<string, unknown>,
  };
}

function entryOfOfflineMessage(message: OfflineMessage, eventId: number, putAt: Date): Entry {
  const enquiry = ofOfflineMessage(message, putAt);
  const { who, file } = enquiry;
  const note = enquiry.facts.map(({ name, value }) => `${name}: ${value}`).join("\n");
  const isKnown = [
    who.visitorId,
    message.sessionId,
    message.sourceChatGuid,
    who.name,
    message.visitorEmail,
    who.phone,
  ].some((value) => value !== null && value !== "");
  return {
    sourceId: `event:${eventId}`,
    enquiry,
    ticketId: message.ticketId?.toString() ?? null,
    isNew: message.ticketId === null,
    isUnanswered: true,
    author: "contact",
    text: message.content || message.title || null,
    files: file ? [{ name: file.name, size: file.content.length, content: file.content }] : [],
    note: note || null,
    noteFiles: [],
    chatId: message.sourceChatGuid,
    contact: isKnown
      ? {
          chat_guid: message.sourceChatGuid,
          session_id: message.sessionId,
          visitor: { visitor_id: who.visitorId },
          pre_chat_name: message.visitorName,
          pre_chat_email: message.visitorEmail,
          pre_chat_phone: message.visitorPhone,
        }
      : null,
  };
}
