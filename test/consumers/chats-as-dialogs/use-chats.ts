import type pg from "pg";
import type { TestDatabase } from "../../setup/database.ts";
import { type Document, deliver } from "../deliver.ts";

export const SITE = 7;
export const VISITOR = 0;
export const AGENT = 1;
export const SYSTEM = 2;
export const BOT = 3;

let lastChat = 0;
let lastVisitor = 0;

/** A time of the one day on which everything happens here. */
export const at = (clock: string) => `2026-03-02T${clock}Z`;

export const message = (clock: string, SenderType: number, Message = "…") => ({
  Id: 1,
  SenderType,
  Message,
  Time: at(clock),
});

export const transfer = (clock: string, ToId: number, changes: object = {}) => ({
  Time: at(clock),
  TransferType: 0,
  ToId,
  IfSuccess: true,
  ...changes,
});

/** A visitor whom nobody else in this file has. */
export const newVisitor = () => ({ Id: `visitor ${++lastVisitor}` });

/** A chat from nine until ten past, with agent 21 and a visitor of its own. */
export function chat(changes: Document = {}): Document {
  return {
    ChatId: `chat ${++lastChat}`,
    SiteId: SITE,
    AgentIds: [21],
    Start: at("09:00:00"),
    End: at("09:10:00"),
    Visitor: newVisitor(),
    ...changes,
  };
}

/** What a conversation is after its last chat, with agent 21, was stored. */
export const settled = (...chats: string[]) => ({
  status: 1,
  assignee: 21,
  isLast: true,
  isFirst: true,
  isEnd: true,
  chats,
});

/** Call at file level, after `useDatabase`: stores chats, and reads what has become of them. */
export function useChats(db: TestDatabase) {
  let lastEventId = 0;

  /** Stores the chat as an event put after all others, or as `eventId`; returns its dialog. */
  async function store(data: Document, eventId = lastEventId + 1, client: pg.Pool | pg.Client = db.pool) {
    lastEventId = Math.max(lastEventId, eventId);
    await deliver(client, { id: eventId, name: "chat.ended", data });
    return dialogOf(String(data.ChatId));
  }

  async function dialogOf(chatGuid: string) {
    const { rows } = await db.pool.query(
      `select d.* from chat.dialogs d join chat.chats c on c.dialog_id = d.id
       where c.account_id = $1 and c.chat_guid = $2`,
      [SITE, chatGuid],
    );
    return rows[0];
  }

  /** The events of a dialog as lines: time, name, agent. */
  async function eventsOf(dialogId: number): Promise<string[]> {
    const { rows } = await db.pool.query(
      `select to_char(created_at at time zone 'UTC', 'HH24:MI:SS')
         || rtrim(to_char(created_at at time zone 'UTC', '.US'), '0') as clock, name, user_id
       from chat.events where dialog_id = $1 order by created_at, id`,
      [dialogId],
    );
    return rows.map(({ clock, name, user_id }) =>
      [clock.replace(/\.$/, ""), name.replace("conversation_", ""), user_id]
        .filter((part) => part !== null)
        .join(" "),
    );
  }

  async function messagesOf(dialogId: number): Promise<object[]> {
    const { rows } = await db.pool.query(
      `select m.content, m.message_type as type, m.sender_type as sender, m.sender_id as id,
         m.additional_attributes ->> 'user_id_assigned' as assigned
       from chat.messages m join chat.transcript_lines l on l.message_id = m.id
       where m.dialog_id = $1 order by l.position`,
      [dialogId],
    );
    return rows;
  }

  /** The conversations of a visitor, each with the chats that are its dialogs, in order of time. */
  async function conversationsOf({ Id }: { Id: string }): Promise<Document[]> {
    const { rows } = await db.pool.query(
      `select v.status, v.assignee_id as assignee, v.dialog_id = (array_agg(d.id order by d.created_at desc))[1] as "isLast",
         v.created_at = min(d.created_at) as "isFirst", v.updated_at = max(d.updated_at) as "isEnd",
         array_agg(c.chat_guid order by d.created_at) as chats
       from chat.contacts p
       join chat.conversations v on v.account_id = p.account_id and v.contact_id = p.id
       left join chat.dialogs d on d.conversation_id = v.id
       left join chat.chats c on c.dialog_id = d.id
       where p.account_id = $1 and p.identifier = $2
       group by v.id order by v.id`,
      [SITE, Id],
    );
    return rows;
  }

  async function contactOf(identifier: string) {
    const { rows } = await db.pool.query(
      "select name, email, phone_number as phone from chat.contacts where account_id = $1 and identifier = $2",
      [SITE, identifier],
    );
    return rows[0];
  }

  return { store, dialogOf, eventsOf, messagesOf, conversationsOf, contactOf };
}
