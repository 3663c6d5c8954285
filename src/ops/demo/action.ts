/** Milliseconds since the hour began. */
export type Moment = number;

/** Something that only the database knows, in the document of an event. */
export type Reference =
  | { site: true }
  | { time: Moment }
  /** What was a chat to the chat server: the dialog that lasts then in a conversation, or the last one. */
  | { dialogOf: string };

/** Documents spell their members in another way: `SiteId`, `ratingGrade`. */
export function isReference(value: object): value is Reference {
  return ["site", "time", "dialogOf"].some((kind) => kind in value);
}

export type Value = string | number | boolean | null | Reference | Value[] | Document;
/** `data` of an event, as a chat server prints it. */
export type Document = { [member: string]: Value };

export type Sender = "contact" | "bot" | "system" | { agent: number };

/** How something is said, where it is not simply a message to the other side. */
export interface Manner {
  isPrivate?: true;
  isTemplate?: true;
  /** Agents who are mentioned in it. */
  mentions?: number[];
  /** Opens the conversation if it is resolved or snoozed. */
  reopens?: true;
}

/** What is done in a conversation, by its identifier. */
export type Move =
  | { do: "open"; inbox: string; contact: string; status: 0 | 2; page: string }
  | { do: "reopen"; status: 0 | 2 }
  | ({ do: "say"; from: Sender; text: string } & Manner)
  | { do: "assign"; agent: number; team: number }
  | { do: "queue"; team: number }
  | { do: "unassign" }
  | { do: "snooze"; until?: Moment }
  | { do: "resolve" };

export type Put = { do: "put"; event: string; data: Document };

export type Action = { at: Moment } & (({ conversation: string } & Move) | Put);

/** A place in the script, by which what an action writes is found again. */
export type NumberedAction = Action & { name: string };

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
