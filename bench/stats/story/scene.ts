import type { Random } from "../../../src/ops/demo/random.ts";
import { type Account, AGENTS, midnight, shiftOf, teamOf, whenOpen } from "./accounts.ts";
import type { Action, Change, Conversation, Message, Moment } from "./action.ts";

const TEXT =
  "Thank you for your message, the parcel has left our warehouse this morning and you will get a note from the courier " +
  "with the hour of delivery, please tell me the number of your order and I look into it at once, we are sorry for the " +
  "delay and will send the amount back to your account within three days, is there anything else that I can do for you";

/** What happens in one conversation, told in the order of time. */
export interface Scene {
  readonly random: Random;
  readonly account: Account;
  readonly conversation: Conversation;
  readonly actions: Action[];
  /** When the next thing happens. */
  at: Moment;
  /** Who has it. */
  agent: number | null;
  /** Lets time pass: short times are as likely as long ones. */
  wait(least: number, most: number): void;
  /** Lets time pass as people at their desks do, who go home and come back. */
  waitAtWork(least: number, most: number): void;
  act(action: Action extends infer A ? (A extends Action ? Omit<A, "at"> : never) : never): void;
  change(change: Change): void;
  contactSays(more?: Partial<Message>): void;
  agentSays(agent: number, more?: Partial<Message>): void;
  botSays(): void;
  systemSays(type: 2 | 3): void;
  /** Somebody at work, of that team if possible. */
  anAgent(team: number, except?: number | null): number;
}

export function createScene(
  conversation: Conversation,
  account: Account,
  random: Random,
  start: Moment,
): Scene {
  const scene: Scene = {
    random,
    account,
    conversation,
    actions: [],
    at: start,
    agent: null,
    wait(least, most) {
      scene.at += Math.round(least * (most / least) ** (random.between(0, 1_000_000) / 1_000_000));
    },
    waitAtWork(least, most) {
      scene.wait(least, most);
      const open = whenOpen(account, scene.at);
      if (open === scene.at) return;
      // In the morning it takes a while until all is looked at.
      scene.at = open;
      scene.wait(60_000, 40 * 60_000);
    },
    act(action) {
      scene.actions.push({ at: scene.at, ...action });
    },
    change(change) {
      if (change.agent !== undefined) scene.agent = change.agent;
      scene.act({ do: "change", conversation, change });
    },
    contactSays: (more) =>
      say({
        type: 0,
        sender: "Contact",
        sourceId:
          conversation.inbox === 2 ? `wamid.${conversation.identifier}.${scene.actions.length}` : null,
        ...more,
      }),
    agentSays: (agent, more) => say({ type: 1, sender: "User", agent, ...more }),
    botSays: () => say({ type: 1, sender: "AgentBot" }),
    systemSays: (type) => say({ type, sender: null }),
    anAgent(team, except = null) {
      const day = midnight(account, scene.at);
      const others = Array.from({ length: AGENTS }, (_, index) => index + 1).filter(
        (agent) => agent !== except,
      );
      const there = others.filter((agent) => {
        const shift = shiftOf(account, agent, day);
        return shift && shift.from <= scene.at && scene.at < shift.until;
      });
      const fitting = there.filter((agent) => teamOf(agent) === team);
      return random.pick([fitting, there, others].find((some) => some.length > 0)!);
    },
  };
  return scene;

  function say(message: Partial<Message> & Pick<Message, "type" | "sender">): void {
    const from = random.between(0, 100);
    scene.act({
      do: "say",
      conversation,
      message: {
        text: TEXT.slice(from, from + random.between(8, 220)),
        agent: null,
        isPrivate: false,
        automatedBy: null,
        mentions: null,
        reopens: false,
        sourceId: null,
        ...message,
      },
    });
  }
}
