import type { Action, Document, Manner, Moment, Move, Sender } from "./action.ts";
import { SECOND } from "./action.ts";
import { CORPUS, fillIn } from "./corpus/index.ts";
import type { Phrases, Topic } from "./corpus/language.ts";
import type { Person } from "./people.ts";
import { createRandom, type Random } from "./random.ts";
import type { Rota } from "./rota.ts";

/** One conversation while it is made up: who takes part, what it is about, and what has been done so far. */
export interface Scene {
  readonly conversation: string;
  readonly person: Person;
  readonly inbox: string;
  readonly phrases: Phrases;
  readonly topic: Topic;
  readonly random: Random;
  readonly rota: Rota;
  readonly now: Moment;
  readonly actions: Action[];
  /** Lets some time pass, from so many seconds to so many. */
  wait(least: number, most: number): void;
  act(move: Move): void;
  say(from: Sender, text: string, values?: Record<string, string>, how?: Manner): void;
  put(event: string, data: Document): void;
}

/** What all moves take, so that two never have the same moment. */
const MOVE_MS = 150;

export function createScene(
  conversation: string,
  person: Person,
  inbox: string,
  rota: Rota,
  start: Moment,
): Scene {
  const random = createRandom(conversation);
  const phrases = CORPUS[person.language];
  const order = `${random.between(60_000, 99_999)}`;
  const actions: Action[] = [];
  let now = start;

  function act(move: Move): void {
    actions.push({ at: now, conversation, ...move });
    now += MOVE_MS;
  }

  return {
    conversation,
    person,
    inbox,
    phrases,
    topic: random.pick(phrases.topics),
    random,
    rota,
    get now() {
      return now;
    },
    actions,
    wait(least, most) {
      now += random.between(least * SECOND, most * SECOND);
    },
    act,
    say: (from, text, values = {}, how = {}) =>
      act({ do: "say", from, text: fillIn(text, { order, ...values }), ...how }),
    put(event, data) {
      actions.push({ at: now, do: "put", event, data: { SiteId: { site: true }, ...data } });
      now += MOVE_MS;
    },
  };
}
