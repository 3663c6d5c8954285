import { TEAMS, teamOf } from "./accounts.ts";
import { DAY, HOUR, MINUTE, OPEN, PENDING, RESOLVED, SECOND, SNOOZED } from "./action.ts";
import type { Scene } from "./scene.ts";

/** One dialog, from its first action to what follows its resolution. False: it is never resolved. */
export function tellDialog(scene: Scene, isFirst: boolean): boolean {
  const { random } = scene;
  const team = random.between(1, TEAMS);
  if (isFirst && random.chance(0.03)) tellOutbound(scene, team);
  else if (begin(scene, isFirst, team) && tellBot(scene)) return finish(scene, "bot");

  if (scene.agent === null) {
    if (random.chance(0.06)) return giveUp(scene);
    scene.waitAtWork(3 * SECOND, 20 * MINUTE);
    scene.change({ agent: scene.anAgent(team), team });
    if (random.chance(0.25)) pause(scene, () => scene.systemSays(2));
  }
  if (random.chance(0.003)) return false;
  tellTurns(scene, team);
  return finish(scene, "agent");
}

/** Returns whether the bot has it. */
function begin(scene: Scene, isFirst: boolean, team: number): boolean {
  const { random, conversation } = scene;
  const hasBot = conversation.inbox === 1 || random.chance(0.15);
  // The customer goes on in the same window, or comes back by the front door.
  if (!isFirst && random.chance(0.6)) {
    scene.contactSays({ reopens: true });
    return false;
  }
  scene.agent = null;
  scene.act({
    do: "open",
    conversation,
    status: hasBot ? PENDING : OPEN,
    agent: null,
    team: random.chance(0.3) ? team : null,
  });
  pause(scene, () => scene.contactSays());
  if (!hasBot && random.chance(0.15)) pause(scene, () => scene.systemSays(3));
  return hasBot;
}

/** An agent writes first; some never get an answer. */
function tellOutbound(scene: Scene, team: number): void {
  const { random, conversation } = scene;
  scene.agent = scene.anAgent(team);
  scene.act({ do: "open", conversation, status: OPEN, agent: scene.agent, team });
  pause(scene, () =>
    scene.agentSays(scene.agent!, { automatedBy: random.chance(0.3) ? "campaign_id" : null }),
  );
}

/** Returns whether the bot was enough. */
function tellBot(scene: Scene): boolean {
  const { random } = scene;
  do {
    scene.wait(0.5 * SECOND, 3 * SECOND);
    scene.botSays();
    scene.wait(5 * SECOND, 2 * MINUTE);
    scene.contactSays();
  } while (random.chance(0.5));
  pause(scene, () => scene.botSays());
  scene.wait(SECOND, MINUTE);
  if (random.chance(0.3)) return true;
  if (random.chance(0.3)) {
    const agent = scene.anAgent(random.between(1, TEAMS));
    scene.change({ status: OPEN, agent, team: teamOf(agent) });
  } else scene.change({ status: OPEN });
  return false;
}

/** Nobody answers. */
function giveUp(scene: Scene): boolean {
  const { random } = scene;
  if (random.chance(0.3)) scene.wait(SECOND, 10 * SECOND);
  else {
    scene.wait(MINUTE, HOUR);
    scene.contactSays();
    scene.wait(10 * MINUTE, DAY);
  }
  scene.change({ status: RESOLVED });
  return true;
}

function tellTurns(scene: Scene, team: number): void {
  const { random } = scene;
  do {
    interlude(scene, team);
    reply(scene);
    scene.wait(10 * SECOND, 15 * MINUTE);
    scene.contactSays();
    if (random.chance(0.2)) pause(scene, () => scene.contactSays());
  } while (random.chance(0.63));
  // Who resolves without a last word drops the customer.
  if (!random.chance(0.07)) reply(scene);
}

function reply(scene: Scene): void {
  const { random } = scene;
  scene.waitAtWork(8 * SECOND, 12 * MINUTE);
  const writer = random.chance(0.03) ? scene.anAgent(1) : scene.agent!;
  scene.agentSays(writer, { automatedBy: random.chance(0.02) ? "automation_rule_id" : null });
  if (random.chance(0.25)) pause(scene, () => scene.agentSays(writer));
}

/** What happens between two messages. */
function interlude(scene: Scene, team: number): void {
  const { random } = scene;
  if (random.chance(0.06)) {
    scene.waitAtWork(20 * SECOND, 10 * MINUTE);
    const next = scene.anAgent(random.chance(0.5) ? team : random.between(1, TEAMS), scene.agent);
    scene.change({ agent: next, team: teamOf(next) });
    if (random.chance(0.5)) pause(scene, () => scene.systemSays(2));
  }
  if (random.chance(0.01)) {
    scene.waitAtWork(MINUTE, HOUR);
    scene.change({ agent: null });
    scene.waitAtWork(MINUTE, HOUR);
    scene.change({ agent: scene.anAgent(team) });
  }
  if (random.chance(0.005)) {
    scene.wait(SECOND, MINUTE);
    scene.change({ team: random.between(1, TEAMS) });
  }
  if (random.chance(0.04)) snooze(scene);
  if (random.chance(0.06)) {
    scene.wait(5 * SECOND, 5 * MINUTE);
    const mentions = random.chance(0.4) ? scene.anAgent(team, scene.agent) : null;
    scene.agentSays(scene.agent!, { isPrivate: true, mentions });
  }
}

function snooze(scene: Scene): void {
  const { random } = scene;
  scene.wait(10 * SECOND, 5 * MINUTE);
  const until = scene.at + random.between(1, 40) * HOUR;
  if (random.chance(0.5)) {
    scene.change({ status: SNOOZED, snoozedUntil: until });
    scene.at = until;
    scene.change({ status: OPEN });
  } else {
    scene.change({ status: SNOOZED });
    scene.wait(10 * MINUTE, 2 * DAY);
    scene.contactSays({ reopens: true });
  }
}

/** Resolution, and what is said and asked afterwards. */
function finish(scene: Scene, by: "agent" | "bot"): true {
  const { random, conversation } = scene;
  scene.wait(2 * SECOND, 30 * MINUTE);
  const resolver = by === "agent" && random.chance(0.03) ? scene.anAgent(1, scene.agent) : scene.agent;
  scene.change(
    resolver === scene.agent
      ? { status: RESOLVED }
      : { status: RESOLVED, agent: resolver, team: teamOf(resolver!) },
  );
  if (random.chance(0.08)) pause(scene, () => scene.contactSays());
  if (resolver !== null && random.chance(0.03)) pause(scene, () => scene.agentSays(resolver));
  if (resolver !== null && random.chance(0.5)) {
    pause(scene, () =>
      scene.act({ do: "wrap up", conversation, agent: resolver, category: random.between(1, 12) }),
    );
  }
  for (let chance = 0.2; random.chance(chance); chance = 0.05) {
    scene.wait(5 * SECOND, HOUR);
    scene.act({ do: "rate", conversation, grade: random.pick([1, 2, 3, 4, 4, 4, 5, 5, 5, 5]) });
  }
  if (random.chance(0.005)) pause(scene, () => scene.change({ agent: scene.anAgent(1, scene.agent) }));
  return true;
}

function pause(scene: Scene, then: () => void): void {
  scene.wait(0.2 * SECOND, 15 * SECOND);
  then();
}
