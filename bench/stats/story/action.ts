/** Milliseconds of Unix time. */
export type Moment = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const OPEN = 0;
export const RESOLVED = 1;
export const PENDING = 2;
export const SNOOZED = 3;
export type Status = typeof OPEN | typeof RESOLVED | typeof PENDING | typeof SNOOZED;

/** What all actions of a conversation name. */
export interface Conversation {
  identifier: string;
  account: number;
  /** 0 for the account's first one. */
  inbox: number;
  contact: Contact;
}

export interface Contact {
  account: number;
  identifier: string;
  name: string;
}

export interface Message {
  text: string;
  /** message_type: 0 incoming, 1 outgoing, 2 activity, 3 template. */
  type: 0 | 1 | 2 | 3;
  sender: "Contact" | "User" | "AgentBot" | null;
  /** Who wrote, of "User". */
  agent: number | null;
  isPrivate: boolean;
  /** A campaign or a rule wrote it in an agent's name. */
  automatedBy: "campaign_id" | "automation_rule_id" | null;
  /** The agent who is mentioned in it. */
  mentions: number | null;
  /** Opens the conversation if it is resolved or snoozed. */
  reopens: boolean;
  sourceId: string | null;
}

/** What one update of a conversation sets; what it leaves out stays. */
export interface Change {
  status?: Status;
  /** null: nobody. */
  agent?: number | null;
  team?: number;
  snoozedUntil?: Moment;
}

type Doing =
  | { do: "meet"; contact: Contact }
  /** Makes it, or reopens it if it is resolved. */
  | { do: "open"; conversation: Conversation; status: Status; agent: number | null; team: number | null }
  | { do: "say"; conversation: Conversation; message: Message }
  | { do: "change"; conversation: Conversation; change: Change }
  /** The dialog that the conversation has then, or had last. */
  | { do: "rate"; conversation: Conversation; grade: number }
  | { do: "wrap up"; conversation: Conversation; agent: number; category: number }
  | { do: "be"; account: number; agent: number; status: number };

/** Something that happens; what happens in one conversation is at least a millisecond apart. */
export type Action = { at: Moment } & Doing;
