import type pg from "pg";
import {
  isReference,
  type Moment,
  type NumberedAction,
  type Reference,
  type Sender,
  type Value,
} from "../action.ts";
import type { Places } from "./places.ts";

/** Where and when actions are done. */
export interface Stage {
  client: pg.ClientBase;
  places: Places;
  timeOf(at: Moment): string;
}

type MoveIn = Extract<NumberedAction, { conversation: string }>;

/** Numbers of `message_type`. */
const INCOMING = 0;
const OUTGOING = 1;
const ACTIVITY = 2;
const TEMPLATE = 3;

/** Does one action at its moment, through the door that a chat server would take. */
export async function perform(action: NumberedAction, stage: Stage): Promise<void> {
  const { client, timeOf } = stage;
  await client.query("select set_config('parley.now', $1, true)", [timeOf(action.at)]);
  if (action.do === "put") {
    await client.query("select broker.put_event(name => $1, data => $2, dedupe_id => $3)", [
      action.event,
      JSON.stringify(await filledIn(action.data, stage)),
      action.name,
    ]);
  } else {
    await move(action, stage);
  }
}

async function move(action: MoveIn, { client, places, timeOf }: Stage): Promise<void> {
  if (action.do === "open") return open(action, client, places);
  const { id, contact } = places.conversations.get(action.conversation)!;
  switch (action.do) {
    case "say":
      return say(action, client, id, contact);
    case "assign":
      return call("chat.assign_conversation($1, $2, $3)", id, action.agent, action.team);
    case "queue":
      return call("chat.assign_conversation($1, null, $2)", id, action.team);
    case "unassign":
      return call("chat.unassign_conversation($1)", id);
    case "reopen":
      return call("chat.reopen_conversation($1, $2)", id, action.status);
    case "snooze":
      return call(
        "chat.snooze_conversation($1, $2)",
        id,
        action.until === undefined ? null : timeOf(action.until),
      );
    case "resolve":
      return call("chat.resolve_conversation($1)", id);
  }

  async function call(functionCall: string, ...values: unknown[]): Promise<void> {
    await client.query(`select ${functionCall}`, values);
  }
}

async function open(
  action: Extract<MoveIn, { do: "open" }>,
  client: pg.ClientBase,
  { account, inboxes, contacts, conversations }: Places,
): Promise<void> {
  const contact = contacts.get(action.contact)!;
  const { rows } = await client.query<{ id: number }>(
    `select chat.open_conversation(account_id => $1, inbox_id => $2, contact_id => $3, identifier => $4,
       status => $5, additional_attributes => $6) as id`,
    [
      account,
      inboxes.get(action.inbox),
      contact,
      action.conversation,
      action.status,
      { referer: `https://shop.example.com${action.page}` },
    ],
  );
  conversations.set(action.conversation, { id: rows[0]!.id, contact });
}

async function say(
  action: Extract<MoveIn, { do: "say" }>,
  client: pg.ClientBase,
  conversation: number,
  contact: number,
): Promise<void> {
  const { rows } = await client.query<{ id: number }>(
    `select chat.append_message(conversation_id => $1, content => $2, message_type => $3, sender_type => $4,
       sender_id => $5, private => $6, source_id => $7, reopen => $8) as id`,
    [
      conversation,
      action.text,
      ...senderOf(action, contact),
      action.isPrivate ?? false,
      action.name,
      action.reopens ?? false,
    ],
  );
  for (const agent of action.mentions ?? []) {
    await client.query("select chat.mention_user($1, $2, $3)", [conversation, agent, rows[0]!.id]);
  }
}

/** message_type, sender_type and sender_id. */
function senderOf(
  { from, isTemplate }: { from: Sender; isTemplate?: true },
  contact: number,
): [number, string | null, number | null] {
  if (typeof from === "object") return [OUTGOING, "User", from.agent];
  if (from === "contact") return [INCOMING, "Contact", contact];
  if (from === "bot") return [OUTGOING, "AgentBot", null];
  return [isTemplate ? TEMPLATE : ACTIVITY, null, null];
}

/** The document with what only the database knows in the places of the references. */
async function filledIn(value: Value, stage: Stage): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value) && isReference(value)) return lookUp(value, stage);
  const filled: [string, unknown][] = [];
  // One by one: they share a connection.
  for (const [name, part] of Object.entries(value)) filled.push([name, await filledIn(part, stage)]);
  return Array.isArray(value) ? filled.map(([, part]) => part) : Object.fromEntries(filled);
}

async function lookUp(reference: Reference, { client, places, timeOf }: Stage): Promise<number | string> {
  if ("site" in reference) return places.account;
  if ("time" in reference) return timeOf(reference.time);
  const { rows } = await client.query<{ dialog_id: number }>(
    "select dialog_id from chat.conversations where id = $1",
    [places.conversations.get(reference.dialogOf)!.id],
  );
  return rows[0]!.dialog_id;
}
