import type { z } from "zod";
import { type ChatEnded, chatEnded } from "../../consumers/schemas/chat-ended.ts";
import { offlineMessageSubmitted } from "../../consumers/schemas/offline-message-submitted.ts";

/** Data of the events that become mails. */
export const emailSchemas = { "chat.ended": chatEnded, "offlineMessage.submitted": offlineMessageSubmitted };

export type OfflineMessage = z.output<typeof offlineMessageSubmitted>;

/** An event that becomes mails, as its document says. */
export type MailedEvent =
  | { name: "chat.ended"; data: ChatEnded }
  | { name: "offlineMessage.submitted"; data: OfflineMessage };

const ROUTED_TO_DEPARTMENT = 1;

export function departmentOf({ name, data }: MailedEvent): number | null {
  if (name === "chat.ended") return data.preChatDepartmentId;
  return data.routeToType === ROUTED_TO_DEPARTMENT ? data.routeToId : null;
}

/** As the visitor gave it, right or wrong. */
export function visitorAddressOf({ name, data }: MailedEvent): string | null {
  const given =
    name === "chat.ended" ? data.preChatEmail?.trim() || data.visitor?.lastEmail : data.visitorEmail;
  return given?.trim() || null;
}

/** Whether nobody spoke with the visitor: refused, missed, or made an offline message. */
export function isMissed({ missedChatStatus }: ChatEnded): boolean {
  return missedChatStatus !== null && missedChatStatus !== 0;
}
