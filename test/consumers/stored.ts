import type pg from "pg";
import type { Document } from "./deliver.ts";

/** Columns that are not simply a member's name in snake_case. */
const MEMBERS: Record<string, Record<string, string>> = {
  chats: {
    account_id: "SiteId",
    chat_guid: "ChatId",
    started_at: "Start",
    ended_at: "End",
    requested_at: "RequestTime",
  },
  chat_custom_fields: { field_id: "Id" },
  chat_custom_variables: { variable_id: "Id" },
  chat_transfers: { transferred_at: "Time" },
  chat_cobrowses: { started_at: "Start", ended_at: "End" },
  chat_bot_actions: { chat_number: "ChatId", acted_at: "Time" },
  chat_visitors: { visitor_id: "Id" },
  ratings: { account_id: "SiteId", chat_number: "ChatId" },
  rating_custom_fields: { field_id: "Id" },
  rating_custom_variables: { variable_id: "Id" },
  wrapups: {
    account_id: "SiteId",
    chat_number: "ChatId",
    category_ids: "CategoryList",
    submitted_at: "SubmitTime",
  },
  wrapup_custom_fields: { field_id: "Id" },
};

/** Keys and numbering that the tables add to what the document says. */
const OWN_COLUMNS = "{id,event_id,put_at,dialog_id,rating_id,wrapup_id,position,record}";

/** What the tables hold of the `chat.ended` with that event id, in the seed's members with corrected spelling. */
export async function storedChat(pool: pg.Pool, eventId: number): Promise<Document> {
  const chat = await onlyRow(pool, "chats", "event_id = $1", eventId);
  const { rows } = await pool.query("select dialog_id as id from chat.chats where event_id = $1", [eventId]);
  const id: number = rows[0].id;
  const part = (table: string, condition = "true") =>
    rowsOf(pool, table, `dialog_id = $1 and ${condition} order by position`, id);
  const single = async (table: string) => (await rowsOf(pool, table, "dialog_id = $1", id))[0] ?? null;
  const fieldValues = (record: string) => part("chat_salesforce_field_values", `record = '${record}'`);
  const salesforce = await single("chat_salesforce");
  return {
    ...chat,
    Messages: await transcript(pool, id),
    CustomFields: await part("chat_custom_fields"),
    CustomVariables: await part("chat_custom_variables"),
    TransferLogs: await part("chat_transfers"),
    Attachments: await part("chat_attachments"),
    Cobrowse: await single("chat_cobrowses"),
    BotActions: await part("chat_bot_actions"),
    Visitor: await single("chat_visitors"),
    Salesforce: salesforce && {
      ...salesforce,
      Cases: await fieldValues("cases"),
      Tasks: await fieldValues("tasks"),
      Leads: await fieldValues("leads"),
      CreateContact: await fieldValues("create_contact"),
      UpdateContact: await fieldValues("update_contact"),
    },
  };
}

/** `SenderType` by what a message says of its sender. */
const SENDER_TYPES = ["0 Contact", "1 User", "2 null", "1 AgentBot"];

async function transcript(pool: pg.Pool, dialogId: number): Promise<Document[]> {
  const { rows } = await pool.query(
    `select m.content, to_jsonb(m) ->> 'created_at' as time, l.*,
       m.message_type || ' ' || coalesce(m.sender_type, 'null') as sender
     from chat.messages m join chat.transcript_lines l on l.message_id = m.id
     where m.dialog_id = $1 order by l.position`,
    [dialogId],
  );
  return rows.map((line) => ({
    Id: line.line_id,
    ChatAction: line.chat_action,
    SenderType: SENDER_TYPES.indexOf(line.sender),
    SenderName: line.sender_name,
    Message: line.content,
    TranslatedMessage: line.translated_content,
    Attachment: line.attachment,
    Time: canonicalTime(line.time),
  }));
}

export async function storedRating(pool: pg.Pool, eventId: number): Promise<Document> {
  const ofRating = "rating_id = (select id from chat.ratings where event_id = $1) order by position";
  return {
    ...(await onlyRow(pool, "ratings", "event_id = $1", eventId)),
    CustomFields: await rowsOf(pool, "rating_custom_fields", ofRating, eventId),
    CustomVariables: await rowsOf(pool, "rating_custom_variables", ofRating, eventId),
  };
}

export async function storedWrapup(pool: pg.Pool, eventId: number): Promise<Document> {
  const ofWrapup = "wrapup_id = (select id from chat.wrapups where event_id = $1) order by position";
  return {
    ...(await onlyRow(pool, "wrapups", "event_id = $1", eventId)),
    CustomFields: await rowsOf(pool, "wrapup_custom_fields", ofWrapup, eventId),
  };
}

async function onlyRow(pool: pg.Pool, table: string, condition: string, value: number): Promise<Document> {
  const rows = await rowsOf(pool, table, condition, value);
  if (rows.length !== 1) throw new Error(`${rows.length} rows in chat.${table}`);
  return rows[0]!;
}

async function rowsOf(pool: pg.Pool, table: string, condition: string, value: number): Promise<Document[]> {
  const { rows } = await pool.query(
    `select to_jsonb(t) - '${OWN_COLUMNS}'::text[] as columns from chat.${table} t where ${condition}`,
    [value],
  );
  return rows.map(({ columns }) => toMembers(columns, MEMBERS[table] ?? {}));
}

/** A row in the members of the seed: `members` names those that are not simply the column in PascalCase. */
export function toMembers(columns: Document, members: Record<string, string>): Document {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [
      members[column] ?? toPascalCase(column),
      column.endsWith("_at") && typeof value === "string" ? canonicalTime(value) : value,
    ]),
  );
}

const toPascalCase = (column: string) =>
  column.replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase());

/** A time to the microsecond, in one spelling: the documents write seven digits, the database up to six. */
export function canonicalTime(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return `${new Date(time).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, "0")}Z`;
}
