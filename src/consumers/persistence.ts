import type { z } from "zod";
import { stringifyExactJson } from "../db/exact-json.ts";
import { agentChatReplied } from "./schemas/agent-chat-replied.ts";
import { agentPreferenceChanged } from "./schemas/agent-preference-changed.ts";
import { agentStatusChanged } from "./schemas/agent-status-changed.ts";
import { autoInvitation } from "./schemas/auto-invitation.ts";
import { banAdded } from "./schemas/ban-added.ts";
import { cannedMessageUsed } from "./schemas/canned-message-used.ts";
import { chatEnded } from "./schemas/chat-ended.ts";
import { chatQueued } from "./schemas/chat-queued.ts";
import { chatRatingSubmitted } from "./schemas/chat-rating-submitted.ts";
import { chatAgentReplied, chatVisitorReplied } from "./schemas/chat-replied.ts";
import { chatStarted } from "./schemas/chat-started.ts";
import { chatWrapupSubmitted } from "./schemas/chat-wrapup-submitted.ts";
import { manualInvitationLogged } from "./schemas/manual-invitation-logged.ts";
import { offlineMessageSubmitted } from "./schemas/offline-message-submitted.ts";
import { visitorConversionAchieved } from "./schemas/visitor-conversion-achieved.ts";
import { visitorLanded } from "./schemas/visitor-landed.ts";
import { toColumns } from "./to-columns.ts";

/** What storing an event needs of it; `data` is what the schema of its name made of the document. */
export interface StorableEvent {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
  readonly putAt: Date;
}

/** The transaction that also confirms the message. */
export interface Transaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** Events with tables of their own: the schema of their document, and the function of schema chat that stores it. */
const TYPED_EVENTS: Record<string, readonly [schema: z.ZodType, storeFunction: string]> = {
  "chat.queued": [chatQueued, "store_chat_queued"],
  "chat.started": [chatStarted, "store_chat_started"],
  "chat.visitor.replied": [chatVisitorReplied, "store_chat_replied"],
  "chat.agent.replied": [chatAgentReplied, "store_chat_replied"],
  "chat.ended": [chatEnded, "store_chat_ended"],
  "chat.wrapup.submitted": [chatWrapupSubmitted, "store_chat_wrapup_submitted"],
  "chat.rating.submitted": [chatRatingSubmitted, "store_chat_rating_submitted"],
  "visitor.landed": [visitorLanded, "store_visitor_landed"],
  "visitor.conversion.achieved": [visitorConversionAchieved, "store_visitor_conversion_achieved"],
  "ban.added": [banAdded, "store_ban_added"],
  "offlineMessage.submitted": [offlineMessageSubmitted, "store_offline_message_submitted"],
  "agent.status.changed": [agentStatusChanged, "store_agent_status_changed"],
  "agent.preference.changed": [agentPreferenceChanged, "store_agent_preference_changed"],
  "agentChat.replied": [agentChatReplied, "store_agent_chat_replied"],
  "cannedMessage.used": [cannedMessageUsed, "store_canned_message_used"],
  "autoInvitation.sent": [autoInvitation("sent"), "store_auto_invitation"],
  "autoInvitation.accepted": [autoInvitation("accepted"), "store_auto_invitation"],
  "autoInvitation.refused": [autoInvitation("refused"), "store_auto_invitation"],
  "manualInvitation.logged": [manualInvitationLogged, "store_manual_invitation_logged"],
};

/** The schemas by event. */
export const schemas: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(TYPED_EVENTS).map(([name, [schema]]) => [name, schema]),
);

/**
 * Stores one event, exactly once however often it is delivered. Events that a DBA invented have no tables of
 * their own and go to `chat.other_events` as they are.
 */
export async function storeEvent(event: StorableEvent, { tx }: { readonly tx: Transaction }): Promise<void> {
  const typed = TYPED_EVENTS[event.name];
  if (typed === undefined) {
    await tx.query("select chat.store_other_event(event_id => $1, put_at => $2, name => $3, data => $4)", [
      event.id,
      event.putAt,
      event.name,
      stringifyExactJson(event.data),
    ]);
  } else {
    const [, storeFunction] = typed;
    await tx.query(`select chat.${storeFunction}(event_id => $1, put_at => $2, document => $3)`, [
      event.id,
      event.putAt,
      stringifyExactJson(toColumns(event.data)),
    ]);
  }
}
