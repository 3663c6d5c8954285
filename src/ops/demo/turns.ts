import { MINUTE, type Sender } from "./action.ts";
import { type Agent, inboxOf, teamOf } from "./cast.ts";
import type { Trade } from "./corpus/language.ts";
import type { Scene } from "./scene.ts";

// What plots are made of: each turn goes on where the last one left off.

const by = ({ id }: Agent): Sender => ({ agent: id });
const introducing = ({ person }: Scene, { called }: Agent) => ({ agent: called[person.language] });

/** The contact comes and says what the matter is; with the bot first, or straight to the people. */
export function arrive(scene: Scene, status: 0 | 2, asks = scene.topic.asks): void {
  const page = scene.random.pick(inboxOf(scene.inbox).pages);
  scene.act({ do: "open", inbox: scene.inbox, contact: `${scene.person.visitorId}`, status, page });
  scene.wait(1, 4);
  scene.say("contact", asks);
  if (status === 2) {
    scene.wait(1, 2);
    scene.say("bot", scene.phrases.bot.greeting);
  }
}

/** The bot gives up and puts the conversation into a team's queue. */
export function handOver(scene: Scene, trade: Trade = scene.topic.trade): void {
  const team = teamOf(trade);
  scene.wait(3, 12);
  scene.say("bot", scene.phrases.bot.handsOver, { team: team.called[scene.person.language] });
  scene.act({ do: "queue", team: team.id });
  scene.act({ do: "reopen", status: 0 });
  scene.say("system", `Handed over by the bot to ${team.name}`);
}

export function comeToTeam(scene: Scene, trade: Trade = scene.topic.trade): void {
  if (scene.random.chance(0.85)) {
    arrive(scene, 2);
    handOver(scene, trade);
  } else {
    arrive(scene, 0);
    scene.act({ do: "queue", team: teamOf(trade).id });
  }
}

/** Somebody of the team takes it from the queue, sooner or later. */
export function pickUp(scene: Scene, trade: Trade = scene.topic.trade, except?: number): Agent {
  scene.wait(15, 120);
  if (scene.random.chance(0.2)) {
    scene.say("contact", scene.random.pick(scene.phrases.contact.waits));
    scene.wait(20, 100);
  }
  return assign(scene, trade, except);
}

export function assign(scene: Scene, trade: Trade, except?: number): Agent {
  const team = teamOf(trade).id;
  const agent = scene.rota.pick(scene.random, scene.person.language, scene.now, team, except);
  scene.act({ do: "assign", agent: agent.id, team });
  scene.say("system", `Assigned to ${agent.name}`);
  return agent;
}

export function greet(scene: Scene, agent: Agent): void {
  scene.wait(5, 25);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.greets), introducing(scene, agent));
}

/** Agent and contact by turns, through these lines of the topic. */
export function talk(scene: Scene, agent: Agent, from = 0, to = scene.topic.talk.length): void {
  for (let line = from; line < to; line += 1) {
    const isAgents = line % 2 === 0;
    scene.wait(isAgents ? 12 : 8, isAgents ? 60 : 45);
    if (isAgents && scene.random.chance(0.15)) {
      scene.put("cannedMessage.used", {
        ChatId: { dialogOf: scene.conversation },
        AgentId: agent.id,
        CannedMessgeId: 500 + scene.topic.category,
        Time: { time: scene.now },
      });
    }
    scene.say(isAgents ? by(agent) : "contact", scene.topic.talk[line]!);
  }
}

/** Where a talk can be cut: the contact has had the last word. */
export const middleOf = ({ topic }: Scene): number => 2 * Math.floor(topic.talk.length / 4);

/** A private note to a colleague. */
export function note(scene: Scene, agent: Agent, colleague: Agent): void {
  scene.wait(5, 20);
  scene.say(
    by(agent),
    `@${colleague.name} ${scene.topic.note}`,
    {},
    { isPrivate: true, mentions: [colleague.id] },
  );
}

/** One agent gives it to another, who has read what was said. */
export function transferTo(scene: Scene, agent: Agent, colleague: Agent): void {
  scene.wait(5, 20);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.transfers));
  note(scene, agent, colleague);
  scene.act({ do: "assign", agent: colleague.id, team: colleague.team });
  scene.say("system", `${agent.name} transferred this conversation to ${colleague.name}`);
  takeOver(scene, colleague);
}

export function takeOver(scene: Scene, agent: Agent): void {
  scene.wait(20, 70);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.takesOver), introducing(scene, agent));
}

/** The agent finds that another team is needed; there it waits again. */
export function transferToTeam(scene: Scene, agent: Agent, trade: Trade): void {
  const team = teamOf(trade);
  scene.wait(10, 30);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.transfers));
  scene.act({ do: "queue", team: team.id });
  scene.say("system", `${agent.name} transferred this conversation to ${team.name}`);
}

/** The agent puts it aside, until something has come. */
export function snooze(scene: Scene, agent: Agent, minutes?: number): void {
  scene.wait(10, 30);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.snoozes));
  scene.act(
    minutes === undefined
      ? { do: "snooze" }
      : { do: "snooze", until: Math.ceil(scene.now / MINUTE + minutes) * MINUTE },
  );
  scene.say("system", `Snoozed by ${agent.name}`);
}

/** The agent opens it again, or the contact does by writing. */
export function wakeUp(scene: Scene, agent: Agent): void {
  scene.wait(150, 420);
  if (scene.random.chance(0.5)) {
    scene.act({ do: "reopen", status: 0 });
  } else {
    scene.say("contact", scene.random.pick(scene.phrases.contact.waits), {}, { reopens: true });
  }
  settle(scene, agent, scene.random.pick(scene.phrases.agent.wakes));
}

/** One answer is enough. */
export function settle(scene: Scene, agent: Agent, answer: string): void {
  scene.wait(15, 60);
  scene.say(by(agent), answer);
  scene.wait(10, 40);
  scene.say("contact", scene.random.pick(scene.phrases.contact.isContent));
}

export function nudge(scene: Scene, agent: Agent): void {
  scene.wait(120, 200);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.nudges));
}

/** Thanks, farewell, resolved; then the wrap-up and perhaps a rating. */
export function close(scene: Scene, agent: Agent): void {
  scene.wait(6, 30);
  scene.say("contact", scene.random.pick(scene.phrases.contact.thanks));
  scene.wait(4, 20);
  scene.say(by(agent), scene.random.pick(scene.phrases.agent.farewells));
  scene.wait(3, 30);
  resolve(scene, agent.name);
  if (scene.random.chance(0.6)) rate(scene);
  wrapUp(scene, agent);
  if (scene.random.chance(0.1)) convert(scene, agent);
}

export function resolve(scene: Scene, name: string): void {
  scene.act({ do: "resolve" });
  scene.say("system", `Resolved by ${name}`);
}

function rate(scene: Scene): void {
  const { random, phrases } = scene;
  scene.say("system", phrases.bot.asksToRate, {}, { isTemplate: true });
  scene.wait(5, 50);
  const isGood = random.chance(0.8);
  const comment = random.chance(0.6) ? random.pick(isGood ? phrases.ratings.good : phrases.ratings.bad) : "";
  scene.put("chat.rating.submitted", {
    ChatId: { dialogOf: scene.conversation },
    ratingGrade: isGood ? random.between(4, 5) : random.between(1, 3),
    ratingComment: comment,
    CustomFields: [],
    CustomVariables: [],
  });
}

export function wrapUp(scene: Scene, agent: Agent): void {
  const { category, wrapUp } = scene.topic;
  scene.wait(5, 40);
  scene.put("chat.wrapup.submitted", {
    ChatId: { dialogOf: scene.conversation },
    AgentId: agent.id,
    CategoryId: category,
    CategoryList: [category],
    Comment: wrapUp,
    SubmitTime: { time: scene.now },
    CustomFields: [],
  });
}

/** The contact buys something after all. */
function convert(scene: Scene, agent: Agent): void {
  const { conversation, random, person } = scene;
  scene.wait(20, 90);
  scene.put("visitor.conversion.achieved", {
    Logs: [
      {
        Id: random.between(6000, 9999),
        ConversionId: 8,
        ConversionName: "Order placed",
        VisitorId: person.visitorId,
        CookIdenitityId: person.visitorId,
        ChatId: { dialogOf: conversation },
        DepartmentId: agent.team,
        RelatedOperatorId: agent.id,
        AppendInfo: "",
        ConversionValue: random.between(1200, 48_000) / 100,
        CreateTime: { time: scene.now },
        HasAddToDatabase: false,
        CurrentChatId: { dialogOf: conversation },
        CurrentDepartmentId: agent.team,
        ConversionAccelerateType: 1,
      },
    ],
  });
}

export const colleagueOf = (scene: Scene, agent: Agent): Agent =>
  scene.rota.pick(scene.random, scene.person.language, scene.now, agent.team, agent.id);
