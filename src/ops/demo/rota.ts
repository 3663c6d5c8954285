import { type Action, HOUR, MINUTE, type Moment, SECOND } from "./action.ts";
import { AGENTS, type Agent } from "./cast.ts";
import type { Language } from "./corpus/language.ts";
import { createRandom, type Random } from "./random.ts";

/** The chat server's codes of an agent's status. */
const STATUS = { offline: 0, online: 1, away: 2 };

/** Who goes home soon takes nothing new. */
const LAST_MINUTES = 8 * MINUTE;

/** Who is there when. */
export interface Rota {
  /** An agent to give a conversation to: of that team and language if there is one, and at the desk. */
  pick(random: Random, language: Language, at: Moment, team: number, except?: number): Agent;
  actions: Action[];
}

export function planRota(hour: string): Rota {
  const random = createRandom(`${hour} rota`);
  // One takes a break at a time, one goes home early: each language always has somebody.
  const breaks = new Map(
    random.shuffle(AGENTS).map(({ id }, turn) => {
      const from = (4 + turn * 6) * MINUTE + random.between(0, 60) * SECOND;
      return [id, { from, to: from + 5 * MINUTE }] as const;
    }),
  );
  const leaver = random.pick([1, 3, 5, 7]);
  const leaves = HOUR - random.between(4, 7) * MINUTE;
  const leavesAt = (agent: number) => (agent === leaver ? leaves : Number.POSITIVE_INFINITY);

  const isThere = ({ id }: Agent, at: Moment) => {
    const { from, to } = breaks.get(id)!;
    return (at < from || at >= to) && at < leavesAt(id) - LAST_MINUTES;
  };

  function pick(chances: Random, language: Language, at: Moment, team: number, except?: number): Agent {
    const able = AGENTS.filter(({ id, languages }) => languages.includes(language) && id !== except);
    const there = able.filter((agent) => isThere(agent, at));
    const fitting = there.filter((agent) => agent.team === team);
    return chances.pick([fitting, there, able].find((some) => some.length > 0)!);
  }

  const changes = AGENTS.flatMap(({ id }): [number, number, Moment][] => {
    const { from, to } = breaks.get(id)!;
    return [
      [id, STATUS.online, random.between(1, 90) * SECOND],
      [id, STATUS.away, from],
      [id, STATUS.online, to],
      [id, STATUS.offline, leavesAt(id)],
    ];
  });
  const actions = changes
    .filter(([, , at]) => at < HOUR)
    .map(
      ([id, status, at]): Action => ({
        at,
        do: "put",
        event: "agent.status.changed",
        data: { SiteId: { site: true }, AgentId: id, Stauts: status, Time: { time: at } },
      }),
    );
  return { pick, actions };
}
