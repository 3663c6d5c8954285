import {
  type Action,
  type Change,
  type Contact,
  type Conversation,
  type Message,
  type Moment,
  OPEN,
  RESOLVED,
  SNOOZED,
  type Status,
} from "../story/action.ts";
import { eventIds } from "./event-ids.ts";
import { inboxId } from "./furnish.ts";
import type { Table, Value } from "./tables.ts";

/** Microseconds of Unix time: the model tells them apart. */
type Microseconds = number;

interface Dialog {
  id: number;
  status: Status;
  agent: number | null;
  team: number | null;
  createdAt: Microseconds;
  updatedAt: Microseconds;
}

interface State extends Omit<Dialog, "id"> {
  id: number;
  account: number;
  inbox: number;
  contact: number;
  identifier: string;
  snoozedUntil: Moment | null;
  /** The one that lasts, or the last one. */
  dialog: Dialog;
  saidAt: Microseconds;
  isAnswered: boolean;
}

const EVENTS = ["conversation_open", "conversation_resolved", "conversation_pending", "conversation_snoozed"];

/**
 * What the triggers of schema chat make of actions, outside of the database: rows of its tables as they are in the end. Knows what
 * a story does, live and in the order of time, and no more; a test compares it with the triggers.
 */
export function createModel(emit: (table: Table, row: Value[]) => void) {
  const contacts = new Map<Contact, number>();
  const states = new Map<Conversation, State>();
  const counts = { dialogs: 0, events: 0, messages: 0, mentions: 0, ratings: 0, wrapups: 0 };
  const nextEventId = eventIds();

  return {
    perform(action: Action): void {
      const at = action.at * 1000;
      if (action.do === "meet") meet(action.contact, at);
      else if (action.do === "open") open(action, at);
      else if (action.do === "say") say(action.conversation, action.message, at);
      else if (action.do === "change") change(states.get(action.conversation)!, action.change, at);
      else if (action.do === "rate") rate(action);
      else if (action.do === "wrap up") wrapUp(action);
      else be(action);
    },
    /** What may have changed until now: conversations, and dialogs that last. */
    finish(): void {
      for (const state of states.values()) {
        emitConversation(state);
        if (state.status !== RESOLVED) emitDialog(state);
      }
    },
  };

  function meet(contact: Contact, at: Microseconds): void {
    const id = contacts.size + 1;
    contacts.set(contact, id);
    const time = timeOf(at);
    emit("contacts", [contact.account, id, contact.name, contact.identifier, time, time]);
  }

  function open(action: Extract<Action, { do: "open" }>, at: Microseconds): void {
    const { conversation, status, agent, team } = action;
    const known = states.get(conversation);
    if (known) {
      change(known, { status, agent, ...(team === null ? {} : { team }) }, at);
      return;
    }
    const updatedAt = agent === null ? at : at + 1;
    const shared = { status, agent, team, createdAt: at, updatedAt };
    const state: State = {
      ...shared,
      id: states.size + 1,
      account: conversation.account,
      inbox: inboxId(conversation.account, conversation.inbox),
      contact: contacts.get(conversation.contact)!,
      identifier: conversation.identifier,
      snoozedUntil: null,
      dialog: { ...shared, id: ++counts.dialogs },
      saidAt: 0,
      isAnswered: false,
    };
    states.set(conversation, state);
    log(state, EVENTS[status]!, at);
    if (agent !== null) log(state, "conversation_assigned", updatedAt);
  }

  function change(state: State, { status, agent, team, snoozedUntil }: Change, at: Microseconds): void {
    const before = { ...state };
    Object.assign(state, { status: status ?? state.status, team: team ?? state.team });
    if (agent !== undefined) state.agent = agent;
    if (snoozedUntil !== undefined) state.snoozedUntil = snoozedUntil;
    if (state.status !== SNOOZED) state.snoozedUntil = null;
    const hasNewStatus = state.status !== before.status;
    const hasNewAgent = state.agent !== before.agent;
    const hasNewTeam = state.team !== before.team;
    if (!hasNewStatus && !hasNewAgent && !hasNewTeam && state.snoozedUntil === before.snoozedUntil) return;
    if (at <= before.updatedAt || at < before.saidAt + 2)
      throw new Error(`conversation ${state.identifier} goes back in time`);

    state.updatedAt = hasNewStatus && hasNewAgent ? at + 1 : at;
    const { agent: assignee, team: its, updatedAt } = state;
    const followed = { status: state.status, agent: assignee, team: its, updatedAt };
    if (before.status === RESOLVED && hasNewStatus) {
      state.dialog = { ...followed, id: ++counts.dialogs, createdAt: at };
    } else if (before.status !== RESOLVED && (hasNewStatus || hasNewAgent || hasNewTeam)) {
      Object.assign(state.dialog, followed);
      if (state.status === RESOLVED) emitDialog(state);
    }
    const resolves = hasNewStatus && state.status === RESOLVED;
    if (hasNewAgent && resolves) log(state, "conversation_assigned", at);
    if (hasNewStatus) log(state, EVENTS[state.status]!, resolves ? updatedAt : at);
    if (hasNewAgent && !resolves) log(state, "conversation_assigned", updatedAt);
  }

  function say(conversation: Conversation, message: Message, at: Microseconds): void {
    const { text, type, sender, agent, isPrivate, automatedBy, mentions, reopens, sourceId } = message;
    const state = states.get(conversation)!;
    const isReopened = reopens && (state.status === RESOLVED || state.status === SNOOZED);
    if (isReopened) change(state, { status: OPEN }, at);
    const saidAt = isReopened ? at + 1 : at;
    if (saidAt <= state.updatedAt || saidAt < state.saidAt + 2) {
      throw new Error(`conversation ${state.identifier} goes back in time`);
    }
    state.saidAt = saidAt;
    const id = ++counts.messages;
    const time = timeOf(saidAt);
    const assigned = state.agent === null ? "null" : `"${state.agent}"`;
    emit("messages", [
      id,
      text,
      state.account,
      state.inbox,
      state.id,
      state.dialog.id,
      type,
      isPrivate,
      sourceId,
      automatedBy === "automation_rule_id" ? '{"automation_rule_id": 1}' : "{}",
      sender,
      sender === "Contact" ? contacts.get(conversation.contact)! : agent,
      `{${automatedBy === "campaign_id" ? '"campaign_id": 1, ' : ""}"user_id_assigned": ${assigned}}`,
      time,
      time,
    ]);
    if (type === 1 && sender === "User" && !isPrivate && !state.isAnswered) {
      state.isAnswered = true;
      log(state, "first_response", saidAt + 1);
    }
    if (mentions === null) return;
    const mentionedAt = timeOf(Math.max(at, state.updatedAt));
    emit("mentions", [
      ++counts.mentions,
      mentions,
      state.id,
      state.dialog.id,
      state.account,
      id,
      mentionedAt,
      timeOf(at),
      mentionedAt,
    ]);
  }

  function rate({ at, conversation, grade }: Extract<Action, { do: "rate" }>): void {
    const { account, dialog } = states.get(conversation)!;
    emit("ratings", [++counts.ratings, nextEventId(), timeOf(at * 1000), account, dialog.id, grade]);
  }

  function wrapUp({ at, conversation, agent, category }: Extract<Action, { do: "wrap up" }>): void {
    const { account, dialog } = states.get(conversation)!;
    const time = timeOf(at * 1000);
    emit("wrapups", [
      ++counts.wrapups,
      nextEventId(),
      time,
      account,
      dialog.id,
      agent,
      category,
      `{${category}}`,
      time,
    ]);
  }

  function be({ at, account, agent, status }: Extract<Action, { do: "be" }>): void {
    const time = timeOf(at * 1000);
    emit("agent_status_changes", [nextEventId(), time, account, agent, status, time]);
  }

  function log(state: State, name: string, at: Microseconds): void {
    const time = timeOf(at);
    const value = Math.floor((at - state.createdAt) / 1_000_000);
    emit("events", [
      ++counts.events,
      name,
      value,
      state.account,
      state.inbox,
      state.agent,
      state.id,
      state.dialog.id,
      time,
      time,
    ]);
  }

  function emitDialog({ dialog, account, inbox, contact, id }: State): void {
    emit("dialogs", [
      dialog.id,
      account,
      inbox,
      id,
      dialog.status,
      dialog.agent,
      contact,
      dialog.team,
      timeOf(dialog.createdAt),
      timeOf(dialog.updatedAt),
    ]);
  }

  function emitConversation(state: State): void {
    emit("conversations", [
      state.id,
      state.account,
      state.inbox,
      state.contact,
      state.status,
      state.agent,
      state.team,
      state.dialog.id,
      state.identifier,
      state.snoozedUntil === null ? null : timeOf(state.snoozedUntil * 1000),
      timeOf(state.createdAt),
      timeOf(state.updatedAt),
    ]);
  }
}

function timeOf(at: Microseconds): string {
  const rest = at % 1000;
  const iso = new Date((at - rest) / 1000).toISOString();
  return rest === 0 ? iso : `${iso.slice(0, 23)}${`${rest}`.padStart(3, "0")}Z`;
}
