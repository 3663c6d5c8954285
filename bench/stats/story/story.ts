import { createRandom, type Random } from "../../../src/ops/demo/random.ts";
import { ACCOUNTS, type Account, AGENTS, INBOXES, shareOfWeek, shiftOf, timeOfDay } from "./accounts.ts";
import { type Action, type Conversation, DAY, HOUR, MINUTE, type Moment, SECOND } from "./action.ts";
import { tellDialog } from "./dialog.ts";
import { createScene } from "./scene.ts";

/** Two stories with the same outline are the same. */
export interface Outline {
  seed: number;
  /** About so many. */
  dialogs: number;
  days: number;
  /** What would happen later does not happen; so some dialogs last. */
  until: Moment;
}

export const beginningOf = ({ until, days }: Outline): Moment => until - days * DAY;

/** The chance that a customer comes back, and what follows for the length of a conversation. */
const COMES_BACK = 0.4;
const DIALOGS_PER_CONVERSATION = 1 / (1 - COMES_BACK);

/** An agent's status, in the codes of the chat server. */
const OFFLINE = 0;
const ONLINE = 1;
const AWAY = 2;

/** All that happens in all accounts, in the order of time; told day by day, so it may be longer than memory. */
export function* tellStory(outline: Outline): Generator<Action> {
  const since = beginningOf(outline);
  const daysToCome = new Map<number, Action[]>();
  const tellers = ACCOUNTS.map((account) => createTeller(account, outline));
  const first = Math.floor(since / DAY);
  let told = first - 2;
  for (let day = first; day * DAY < outline.until; day++) {
    // East of Greenwich the next day has begun.
    for (; told < day + 1; told++) for (const teller of tellers) keep(teller(told + 1));
    const actions = daysToCome.get(day) ?? [];
    daysToCome.delete(day);
    yield* actions.sort((a, b) => a.at - b.at);
  }

  function keep(actions: Action[]): void {
    for (const action of actions) {
      if (action.at < since || action.at >= outline.until) continue;
      const day = Math.floor(action.at / DAY);
      const others = daysToCome.get(day);
      if (others) others.push(action);
      else daysToCome.set(day, [action]);
    }
  }
}

/** Tells what begins in an account on a day of its own, counted from 1970. */
function createTeller(account: Account, outline: Outline): (day: number) => Action[] {
  const { seed, dialogs, days, until } = outline;
  const perWeek = (dialogs / DIALOGS_PER_CONVERSATION / days) * 7 * account.share;
  const since = beginningOf(outline);
  let told = 0;
  let latest: Conversation | undefined;

  return (day) => {
    const random = createRandom(`${seed}/${account.id}/${day}`);
    const midnight = day * DAY - account.offset;
    const count = Math.floor(perWeek * shareOfWeek(account, midnight) + random.between(0, 999) / 1000);
    const starts = Array.from(
      { length: count },
      () => midnight + timeOfDay(random.between(0, 999_999) / 1_000_000),
    );
    const actions = tellShifts(account, midnight, random);
    for (const start of starts.sort((a, b) => a - b)) {
      if (start >= since && start < until) actions.push(...tellConversation(random, start));
    }
    return actions;
  };

  function tellConversation(random: Random, start: Moment): Action[] {
    told++;
    const identifier = `${account.id}-${told}`;
    const isKnown = latest !== undefined && random.chance(0.1);
    const conversation: Conversation = {
      identifier,
      account: account.id,
      inbox: isKnown ? (latest!.inbox + 1) % INBOXES.length : random.between(0, INBOXES.length - 1),
      contact: isKnown
        ? latest!.contact
        : { account: account.id, identifier: `visitor-${identifier}`, name: `Visitor ${told}` },
    };
    latest = conversation;
    const scene = createScene(conversation, account, random, start);
    if (!isKnown) scene.act({ do: "meet", contact: conversation.contact });
    scene.at += 5;
    let isResolved = tellDialog(scene, true);
    while (isResolved && random.chance(COMES_BACK)) {
      if (random.chance(0.02)) scene.at++;
      else if (random.chance(0.2)) scene.wait(10 * SECOND, HOUR);
      else scene.wait(HOUR, 90 * DAY);
      isResolved = tellDialog(scene, false);
    }
    return scene.actions;
  }
}

function tellShifts(account: Account, midnight: Moment, random: Random): Action[] {
  const actions: Action[] = [];
  for (let agent = 1; agent <= AGENTS; agent++) {
    const shift = shiftOf(account, agent, midnight);
    if (!shift) continue;
    const lunch = shift.from + 3 * HOUR + random.between(0, 2 * HOUR);
    const changes: [Moment, number][] = [
      [shift.from + random.between(0, 10 * MINUTE), ONLINE],
      [lunch, AWAY],
      [lunch + random.between(20 * MINUTE, 40 * MINUTE), ONLINE],
      [shift.until + random.between(0, 20 * MINUTE), OFFLINE],
    ];
    for (const [at, status] of changes) actions.push({ at, do: "be", account: account.id, agent, status });
  }
  return actions;
}
