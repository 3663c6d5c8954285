import type { QueryConfig } from "pg";
import type { Conversation } from "./conversations.ts";

/** What a client of the real tables says, and what it must say besides where no trigger fills it in. */
const SAID = {
  conversation_id: "bigint",
  content: "text",
  message_type: "smallint",
  sender_type: "text",
  sender_id: "bigint",
};
const FILLED_IN = {
  account_id: "bigint",
  inbox_id: "bigint",
  dialog_id: "bigint",
  additional_attributes: "jsonb",
  created_at: "timestamptz",
  updated_at: "timestamptz",
};

const COLUMNS = { chat: SAID, bare: { ...SAID, ...FILLED_IN } };

type Row = Record<keyof typeof SAID | keyof typeof FILLED_IN, string | number>;

const CONTENT =
  "The parcel has left our warehouse this morning; you will get a message from the courier with the hour of delivery. ";

/** A message of 120 characters from the contact, or as often from the agent. */
function messageIn(conversation: Conversation): Row {
  const isIncoming = Math.random() < 0.5;
  const now = new Date().toISOString();
  return {
    conversation_id: conversation.id,
    content: CONTENT.padEnd(120, "."),
    message_type: isIncoming ? 0 : 1,
    sender_type: isIncoming ? "Contact" : "User",
    sender_id: isIncoming ? conversation.contact_id : conversation.assignee_id,
    account_id: conversation.account_id,
    inbox_id: conversation.inbox_id,
    dialog_id: conversation.dialog_id,
    additional_attributes: JSON.stringify({ user_id_assigned: conversation.assignee_id }),
    created_at: now,
    updated_at: now,
  };
}

/** A statement that inserts one message. */
export function insertMessage(schema: keyof typeof COLUMNS, conversation: Conversation): QueryConfig {
  const columns = Object.keys(COLUMNS[schema]) as (keyof Row)[];
  const row = messageIn(conversation);
  return {
    name: "message",
    text: `insert into ${schema}.messages (${columns}) values (${columns.map((_, index) => `$${index + 1}`)})`,
    values: columns.map((column) => row[column]),
  };
}

/** A statement that inserts a message into each conversation. */
export function insertMessages(schema: keyof typeof COLUMNS, conversations: Conversation[]): QueryConfig {
  const types = Object.entries(COLUMNS[schema]) as [keyof Row, string][];
  const rows = conversations.map(messageIn);
  return {
    name: "messages",
    text: `insert into ${schema}.messages (${types.map(([column]) => column)})
      select * from unnest(${types.map(([, type], index) => `$${index + 1}::${type}[]`)})`,
    // In PostgreSQL's notation: a statement is sent many times, and making it is no work of the database's.
    values: types.map(([column]) => `{${rows.map((row) => JSON.stringify(row[column]))}}`),
  };
}
