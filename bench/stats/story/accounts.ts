import { DAY, HOUR, type Moment } from "./action.ts";

/** An account of the story. All have the same teams, agents and inboxes; agents and teams are numbered from 1. */
export interface Account {
  id: number;
  name: string;
  timeZone: string;
  /** From UTC, all year round: people of the story do not change their clocks. */
  offset: number;
  /** Its part of all dialogs. */
  share: number;
}

/** The first is the largest, with half of it all. */
export const ACCOUNTS: Account[] = [
  { id: 1, name: "Largest", timeZone: "Europe/Berlin", offset: 1 * HOUR, share: 0.5 },
  { id: 2, name: "Second", timeZone: "America/New_York", offset: -5 * HOUR, share: 0.2 },
  { id: 3, name: "Third", timeZone: "Asia/Kolkata", offset: 5.5 * HOUR, share: 0.13 },
  { id: 4, name: "Fourth", timeZone: "Australia/Lord_Howe", offset: 10.5 * HOUR, share: 0.09 },
  { id: 5, name: "Fifth", timeZone: "UTC", offset: 0, share: 0.05 },
  { id: 6, name: "Sixth", timeZone: "America/Sao_Paulo", offset: -3 * HOUR, share: 0.03 },
];

export const INBOXES = ["Website", "Bot", "WhatsApp"];
export const TEAMS = 3;
export const AGENTS = 15;

export const teamOf = (agent: number) => (agent % TEAMS) + 1;

/** Opening hours by weekday, Sunday first; null: closed. */
export const OPENING: ([from: number, until: number] | null)[] = [
  null,
  [8, 20],
  [8, 20],
  [8, 20],
  [8, 20],
  [8, 20],
  [10, 16],
];

/** How many customers begin to write in each hour of the day, and each day of the week. */
const HOURS = [2, 1, 1, 1, 1, 2, 4, 8, 14, 20, 22, 20, 16, 18, 20, 19, 17, 14, 11, 9, 8, 6, 4, 3];
const WEEKDAYS = [3, 11, 10, 10, 10, 9, 5];

/** The account's midnight that `at` lies behind. */
export function midnight({ offset }: Account, at: Moment): Moment {
  return Math.floor((at + offset) / DAY) * DAY - offset;
}

export function weekday({ offset }: Account, at: Moment): number {
  // The first day of Unix time was a Thursday.
  return (Math.floor((at + offset) / DAY) + 4) % 7;
}

/** The part of a week's customers who begin on the day of that midnight. */
export function shareOfWeek(account: Account, day: Moment): number {
  return WEEKDAYS[weekday(account, day)]! / WEEKDAYS.reduce((sum, share) => sum + share);
}

/** A time of the day at which a customer begins to write, after `chance` from 0 to 1. */
export function timeOfDay(chance: number): number {
  let rest = chance * HOURS.reduce((sum, share) => sum + share);
  const hour = HOURS.findIndex((share) => {
    rest -= share;
    return rest < 0;
  });
  return (hour + 1) * HOUR + Math.floor((rest / HOURS[hour]!) * HOUR);
}

/** `at`, or the next moment at which the account is open. */
export function whenOpen(account: Account, at: Moment): Moment {
  for (let day = midnight(account, at); ; day += DAY) {
    const hours = OPENING[weekday(account, day)];
    if (hours && at < day + hours[1]! * HOUR) return Math.max(at, day + hours[0]! * HOUR);
  }
}

/** Of an agent on the day of that midnight: early or late, week by week; null: a day off. */
export function shiftOf(
  account: Account,
  agent: number,
  day: Moment,
): { from: Moment; until: Moment } | null {
  const hours = OPENING[weekday(account, day)];
  if (!hours) return null;
  const [opens, closes] = hours;
  const isEarly = (agent + Math.floor(day / (7 * DAY))) % 2 === 0;
  // On Saturdays one shift is enough.
  if (!isEarly && closes - opens < 8) return null;
  const from = day + (isEarly ? opens : closes - 8) * HOUR;
  return { from, until: Math.min(from + 8 * HOUR, day + closes * HOUR) };
}
