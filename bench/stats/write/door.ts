import type pg from "pg";
import type { Action, Change, Contact, Conversation, Message, Moment } from "../story/action.ts";
import { eventIds } from "./event-ids.ts";
import { inboxId } from "./furnish.ts";

/** Writes actions as clients do, through functions, rows and triggers; the clock is the story's. */
export function createDoor(client: pg.ClientBase): (action: Action) => Promise<void> {
  const contacts = new Map<Contact, number>();
  const conversations = new Map<Conversation, number>();
  const nextEventId = eventIds();

  return async (action) => {
    await client.query("select set_config('parley.now', $1, false)", [timeOf(action.at)]);
    switch (action.do) {
      case "meet":
        return meet(action.contact);
      case "open":
        return open(action);
      case "say":
        return say(action.conversation, action.message);
      case "change":
        return change(action.conversation, action.change);
      case "rate":
        return rate(action);
      case "wrap up":
        return wrapUp(action);
      case "be":
        return be(action);
    }
  };

  async function meet(contact: Contact): Promise<void> {
    const { rows } = await client.query<{ id: number }>(
      "insert into chat.contacts (account_id, identifier, name) values ($1, $2, $3) returning id",
      [contact.account, contact.identifier, contact.name],
    );
    contacts.set(contact, rows[0]!.id);
  }

  async function open(action: Extract<Action, { do: "open" }>): Promise<void> {
    const { conversation, status, agent, team } = action;
    const { account, inbox, contact, identifier } = conversation;
    const { rows } = await client.query<{ id: number }>(
      `select chat.open_conversation(account_id => $1, inbox_id => $2, contact_id => $3, identifier => $4,
         status => $5, assignee_id => $6, team_id => $7) as id`,
      [account, inboxId(account, inbox), contacts.get(contact), identifier, status, agent, team],
    );
    conversations.set(conversation, rows[0]!.id);
  }

  async function say(conversation: Conversation, message: Message): Promise<void> {
    const { text, type, sender, agent, isPrivate, automatedBy, mentions, reopens, sourceId } = message;
    const id = conversations.get(conversation);
    const senderId = sender === "Contact" ? contacts.get(conversation.contact) : agent;
    const { rows } = await client.query<{ id: number }>(
      `select chat.append_message(conversation_id => $1, content => $2, message_type => $3, sender_type => $4, sender_id => $5,
         private => $6, source_id => $7, reopen => $8, additional_attributes => $9, content_attributes => $10) as id`,
      [
        id,
        text,
        type,
        sender,
        senderId,
        isPrivate,
        sourceId,
        reopens,
        automatedBy === "campaign_id" ? { campaign_id: 1 } : {},
        automatedBy === "automation_rule_id" ? { automation_rule_id: 1 } : {},
      ],
    );
    if (mentions !== null)
      await client.query("select chat.mention_user($1, $2, $3)", [id, mentions, rows[0]!.id]);
  }

  async function change(
    conversation: Conversation,
    { status, agent, team, snoozedUntil }: Change,
  ): Promise<void> {
    const set = Object.entries({
      status,
      assignee_id: agent,
      team_id: team,
      snoozed_until: snoozedUntil === undefined ? undefined : timeOf(snoozedUntil),
    }).filter(([, value]) => value !== undefined);
    await client.query(
      `update chat.conversations set ${set.map(([column], index) => `${column} = $${index + 2}`)} where id = $1`,
      [conversations.get(conversation), ...set.map(([, value]) => value)],
    );
  }

  async function rate({ at, conversation, grade }: Extract<Action, { do: "rate" }>): Promise<void> {
    await store("chat.store_chat_rating_submitted", at, {
      account_id: conversation.account,
      chat_number: await dialogOf(conversation),
      rating_grade: grade,
    });
  }

  async function wrapUp(action: Extract<Action, { do: "wrap up" }>): Promise<void> {
    await store("chat.store_chat_wrapup_submitted", action.at, {
      account_id: action.conversation.account,
      chat_number: await dialogOf(action.conversation),
      agent_id: action.agent,
      category_id: action.category,
      category_ids: [action.category],
      submitted_at: timeOf(action.at),
    });
  }

  async function be({ at, account, agent, status }: Extract<Action, { do: "be" }>): Promise<void> {
    await store("chat.store_agent_status_changed", at, {
      account_id: account,
      agent_id: agent,
      status,
      changed_at: timeOf(at),
    });
  }

  /** What persistence does with an event. */
  async function store(functionName: string, at: Moment, document: object): Promise<void> {
    await client.query(`select ${functionName}($1, $2, $3)`, [nextEventId(), timeOf(at), document]);
  }

  async function dialogOf(conversation: Conversation): Promise<number> {
    const { rows } = await client.query<{ dialog_id: number }>(
      "select dialog_id from chat.conversations where id = $1",
      [conversations.get(conversation)],
    );
    return rows[0]!.dialog_id;
  }
}

const timeOf = (at: Moment) => new Date(at).toISOString();
