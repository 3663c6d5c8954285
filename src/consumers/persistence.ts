import type { z } from "zod";
import { stringifyExactJson } from "../db/exact-json.ts";
import { agentStatusChanged } from "./schemas/agent-status-changed.ts";
import { chatEnded } from "./schemas/chat-ended.ts";
import { chatRatingSubmitted } from "./schemas/chat-rating-submitted.ts";
import { chatWrapupSubmitted } from "./schemas/chat-wrapup-submitted.ts";
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

/** Events with tables of their own: their schema, and the function that stores the validated document. */
const TYPED_EVENTS: Record<string, { schema: z.ZodType; storeFunction: string }> = {
  "chat.ended": { schema: chatEnded, storeFunction: "chat.store_chat_ended" },
  "chat.rating.submitted": {
    schema: chatRatingSubmitted,
    storeFunction: "chat.store_chat_rating_submitted",
  },
  "chat.wrapup.submitted": {
    schema: chatWrapupSubmitted,
    storeFunction: "chat.store_chat_wrapup_submitted",
  },
  "agent.status.changed": { schema: agentStatusChanged, storeFunction: "chat.store_agent_status_changed" },
};

/** One schema per event that is stored in tables of its own. */
export const schemas: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(TYPED_EVENTS).map(([name, { schema }]) => [name, schema]),
);

/**
 * Stores one event, exactly once however often it is delivered. Events that have no tables of their own yet go to
 * `chat.other_events` as they are.
 */
export async function storeEvent(event: StorableEvent, { tx }: { readonly tx: Transaction }): Promise<void> {
  const storeFunction = TYPED_EVENTS[event.name]?.storeFunction;
  if (storeFunction === undefined) {
    await tx.query("select chat.store_other_event(event_id => $1, put_at => $2, name => $3, data => $4)", [
      event.id,
      event.putAt,
      event.name,
      stringifyExactJson(event.data),
    ]);
  } else {
    await tx.query(`select ${storeFunction}(event_id => $1, put_at => $2, document => $3)`, [
      event.id,
      event.putAt,
      stringifyExactJson(toColumns(event.data)),
    ]);
  }
}
