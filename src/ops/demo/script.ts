import { type Action, HOUR, type NumberedAction } from "./action.ts";
import { putOtherEvents } from "./other-events.ts";
import { invitePeople, type Person } from "./people.ts";
import { PLOTS } from "./plots.ts";
import { createRandom } from "./random.ts";
import { planRota, type Rota } from "./rota.ts";
import { createScene } from "./scene.ts";
import { tellWhole } from "./whole-chats.ts";

/** An hour of a support team, made up entirely before anything is written. */
export interface Script {
  /** What all names in it begin with: the same seed and number of conversations is the same hour. */
  hour: string;
  /** Contacts, to be there when they write. */
  people: Person[];
  /** In the order of their moments, all within the hour; the last one says something in a conversation. */
  actions: NumberedAction[];
}

export function writeScript(seed: number, conversations: number): Script {
  const hour = `demo-${seed}-${conversations}`;
  const rota = planRota(hour);
  // Some write twice, about another matter.
  const people = invitePeople(hour, Math.ceil(conversations * 0.9));
  const visitors = invitePeople(`${hour} visitors`, 3);
  const whole = invitePeople(`${hour} whole`, Math.ceil(conversations / 24));
  const actions = [
    ...rota.actions,
    ...tellConversations(hour, conversations, people, rota),
    ...whole.flatMap((person, index) => tellWhole(`${hour}/whole-${index + 1}`, person, rota)),
    ...putOtherEvents(hour, conversations, visitors),
  ];
  return { hour, people, actions: numbered(hour, inOrder(actions)) };
}

function tellConversations(hour: string, count: number, people: Person[], rota: Rota): Action[] {
  const random = createRandom(`${hour} plots`);
  const plots = random.shuffle(Array.from({ length: count }, (_, index) => PLOTS[index % PLOTS.length]!));
  return plots.flatMap((plot, index) => {
    const start = random.between(plot.from, plot.to);
    const person = people[index % people.length]!;
    // A conversation is all that a contact says in one inbox, so the second one is in another.
    const inbox = person.inboxes[Math.floor(index / people.length)]!;
    const scene = createScene(`${hour}/${index + 1}`, person, inbox, rota, start);
    plot.tell(scene);
    return scene.actions;
  });
}

/** What the hour cuts off is not done; nor what follows the last word, by which a later run sees that all is there. */
function inOrder(actions: Action[]): Action[] {
  const ordered = actions.filter(({ at }) => at < HOUR).sort((a, b) => a.at - b.at);
  return ordered.slice(0, ordered.findLastIndex((action) => action.do === "say") + 1);
}

function numbered(hour: string, actions: Action[]): NumberedAction[] {
  const width = `${actions.length}`.length;
  return actions.map((action, index) => ({ ...action, name: `${hour}/${`${index}`.padStart(width, "0")}` }));
}
