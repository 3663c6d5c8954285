export type Language = "uk" | "zh" | "en";

/** The teams of the cast, by what they do. */
export type Trade = "care" | "delivery" | "billing";

/** What a contact wants, from the first line to what the agent writes about it afterwards. */
export interface Topic {
  trade: Trade;
  /** What the wrap-up files it under. */
  category: number;
  asks: string;
  /** The agent begins, then they take turns. */
  talk: string[];
  /** A note to a colleague, who is mentioned in front of it. */
  note: string;
  wrapUp: string;
}

/**
 * What people say to each other in one language. `{order}`, `{agent}`, `{colleague}` and `{team}` stand for what differs
 * from one conversation to the next.
 */
export interface Phrases {
  topics: Topic[];
  /** Questions that the bot answers alone. */
  answers: { asks: string; answer: string; thanks: string }[];
  bot: { greeting: string; handsOver: string; closes: string; asksToRate: string };
  agent: {
    greets: string[];
    takesOver: string[];
    transfers: string[];
    snoozes: string[];
    wakes: string[];
    nudges: string[];
    farewells: string[];
  };
  contact: { waits: string[]; thanks: string[]; isContent: string[] };
  /** What comes up after it seemed to be settled. */
  returns: { asks: string; answer: string }[];
  ratings: { good: string[]; bad: string[] };
}
