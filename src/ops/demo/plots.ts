import { HOUR, MINUTE, type Moment } from "./action.ts";
import type { Trade } from "./corpus/language.ts";
import type { Scene } from "./scene.ts";
import {
  arrive,
  assign,
  close,
  colleagueOf,
  comeToTeam,
  greet,
  handOver,
  middleOf,
  note,
  nudge,
  pickUp,
  resolve,
  settle,
  snooze,
  takeOver,
  talk,
  transferTo,
  transferToTeam,
  wakeUp,
  wrapUp,
} from "./turns.ts";

/** A way in which a conversation can go, and when in the hour it may begin: what the end of the hour cuts off stays open. */
export interface Plot {
  name: string;
  from: Moment;
  to: Moment;
  tell(scene: Scene): void;
}

const untilLast = (minutes: number) => HOUR - minutes * MINUTE;

const answered: Plot = {
  name: "answered",
  from: 0,
  to: untilLast(1),
  tell(scene) {
    comeToTeam(scene);
    const agent = pickUp(scene);
    greet(scene, agent);
    talk(scene, agent);
    close(scene, agent);
  },
};

const answeredByBot: Plot = {
  name: "answered by the bot",
  from: 0,
  to: untilLast(3),
  tell(scene) {
    const { asks, answer, thanks } = scene.random.pick(scene.phrases.answers);
    arrive(scene, 2, asks);
    scene.wait(1, 3);
    scene.say("bot", answer);
    scene.wait(8, 40);
    scene.say("contact", thanks);
    scene.act({ do: "resolve" });
    scene.say("system", "Resolved by the bot");
  },
};

const abandoned: Plot = {
  name: "abandoned: nobody comes in time, the bot closes it",
  from: 0,
  to: untilLast(14),
  tell(scene) {
    comeToTeam(scene);
    scene.wait(90, 240);
    scene.say("contact", scene.random.pick(scene.phrases.contact.waits));
    scene.wait(300, 500);
    scene.say("bot", scene.phrases.bot.closes);
    resolve(scene, "the system: the contact has left");
  },
};

const unanswered: Plot = {
  name: "unanswered: still waits at the end",
  from: untilLast(20),
  to: untilLast(5),
  tell(scene) {
    comeToTeam(scene);
    scene.wait(60, 120);
    scene.say("contact", scene.random.pick(scene.phrases.contact.waits));
  },
};

const leftWithBot: Plot = {
  name: "left with the bot",
  from: untilLast(15),
  to: untilLast(2),
  tell: (scene) => arrive(scene, 2),
};

const fallenSilent: Plot = {
  name: "the contact falls silent",
  from: 0,
  to: untilLast(16),
  tell(scene) {
    comeToTeam(scene);
    const agent = pickUp(scene);
    greet(scene, agent);
    talk(scene, agent, 0, middleOf(scene) + 1);
    nudge(scene, agent);
    scene.wait(180, 260);
    resolve(scene, agent.name);
    wrapUp(scene, agent);
  },
};

const toColleague: Plot = {
  name: "transferred to a colleague",
  from: 0,
  to: untilLast(18),
  tell(scene) {
    comeToTeam(scene);
    const agent = pickUp(scene);
    greet(scene, agent);
    talk(scene, agent, 0, middleOf(scene));
    const colleague = colleagueOf(scene, agent);
    transferTo(scene, agent, colleague);
    talk(scene, colleague, middleOf(scene));
    close(scene, colleague);
  },
};

const WRONG_TEAM: Record<Trade, Trade> = { care: "delivery", delivery: "billing", billing: "care" };

const toOtherTeam: Plot = {
  name: "transferred to another team",
  from: 0,
  to: untilLast(20),
  tell(scene) {
    const wrong = WRONG_TEAM[scene.topic.trade];
    comeToTeam(scene, wrong);
    const first = pickUp(scene, wrong);
    greet(scene, first);
    transferToTeam(scene, first, scene.topic.trade);
    const second = pickUp(scene, scene.topic.trade, first.id);
    takeOver(scene, second);
    talk(scene, second);
    close(scene, second);
  },
};

const released: Plot = {
  name: "given back to the queue",
  from: 0,
  to: untilLast(20),
  tell(scene) {
    comeToTeam(scene);
    const first = pickUp(scene);
    greet(scene, first);
    talk(scene, first, 0, middleOf(scene));
    scene.act({ do: "unassign" });
    scene.say("system", `${first.name} gave this conversation back`);
    const second = pickUp(scene, scene.topic.trade, first.id);
    takeOver(scene, second);
    talk(scene, second, middleOf(scene));
    close(scene, second);
  },
};

const snoozed: Plot = {
  name: "snoozed and woken",
  from: 0,
  to: untilLast(24),
  tell(scene) {
    comeToTeam(scene);
    const agent = pickUp(scene);
    greet(scene, agent);
    talk(scene, agent, 0, middleOf(scene));
    note(scene, agent, colleagueOf(scene, agent));
    snooze(scene, agent);
    wakeUp(scene, agent);
    talk(scene, agent, middleOf(scene));
    close(scene, agent);
  },
};

const asleep: Plot = {
  name: "snoozed beyond the end",
  from: untilLast(35),
  to: untilLast(15),
  tell(scene) {
    comeToTeam(scene);
    const agent = pickUp(scene);
    greet(scene, agent);
    talk(scene, agent, 0, middleOf(scene));
    snooze(scene, agent, 60);
  },
};

const returned: Plot = {
  name: "the contact returns to the people",
  from: 0,
  to: untilLast(34),
  tell(scene) {
    answered.tell(scene);
    scene.wait(120, 300);
    const { asks, answer } = scene.random.pick(scene.phrases.returns);
    scene.say("contact", asks, {}, { reopens: true });
    scene.say("system", "Reopened: the contact wrote again");
    scene.wait(20, 90);
    const agent = assign(scene, scene.topic.trade);
    note(scene, agent, colleagueOf(scene, agent));
    settle(scene, agent, answer);
    close(scene, agent);
  },
};

const returnedToBot: Plot = {
  name: "the contact returns to the bot",
  from: 0,
  to: untilLast(34),
  tell(scene) {
    answered.tell(scene);
    scene.wait(120, 300);
    const { asks, answer } = scene.random.pick(scene.phrases.returns);
    arrive(scene, 2, asks);
    handOver(scene);
    const agent = pickUp(scene);
    takeOver(scene, agent);
    settle(scene, agent, answer);
    close(scene, agent);
  },
};

const share = (plot: Plot, times: number): Plot[] => Array(times).fill(plot);

/** Each as often as it shall occur in two dozen conversations. */
export const PLOTS: Plot[] = [
  ...share(answered, 9),
  ...share(answeredByBot, 2),
  ...share(toColleague, 2),
  ...share(toOtherTeam, 2),
  abandoned,
  unanswered,
  leftWithBot,
  fallenSilent,
  released,
  snoozed,
  asleep,
  returned,
  returnedToBot,
];

/** For chats that arrive whole: those that end, with one dialog. */
export const WHOLE_PLOTS: Plot[] = [answered, toColleague, abandoned];
