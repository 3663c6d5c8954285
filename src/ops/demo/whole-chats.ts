import { type Action, type Document, HOUR, type Moment, type Sender } from "./action.ts";
import { agentOf, inboxOf, TEAMS } from "./cast.ts";
import type { Person } from "./people.ts";
import { WHOLE_PLOTS } from "./plots.ts";
import { createRandom, guidOf, numberOf } from "./random.ts";
import type { Rota } from "./rota.ts";
import { createScene } from "./scene.ts";

type Said = Extract<Action, { do: "say" }>;

const VISITOR = 0;
const AGENT = 1;
const SYSTEM = 2;
const CHATBOT = 3;

/**
 * A chat as a chat server sends it that only puts events: `chat.ended` with everything in it, then its rating. The same
 * stories as those written as rows.
 */
export function tellWhole(name: string, person: Person, rota: Rota): Action[] {
  const random = createRandom(`${name} plot`);
  const plot = random.pick(WHOLE_PLOTS);
  const start = random.between(plot.from, Math.min(plot.to, HOUR / 2));
  const scene = createScene(name, person, person.inboxes[0]!, rota, start);
  plot.tell(scene);

  const guid = guidOf(name);
  const end = scene.actions.find((action) => action.do === "resolve")!.at;
  const rating = scene.actions.find(
    (action) => action.do === "put" && action.event === "chat.rating.submitted",
  );
  const ended: Action = {
    at: end,
    do: "put",
    event: "chat.ended",
    data: document(
      guid,
      scene.actions.filter(({ at }) => at <= end),
      person,
      scene.inbox,
      [start, end],
    ),
  };
  if (rating?.do !== "put") return [ended];
  const { ChatId, ...members } = rating.data;
  return [ended, { ...rating, data: { ...members, ChatGuid: guid } }];
}

function document(
  guid: string,
  actions: Action[],
  person: Person,
  inbox: string,
  [start, end]: [Moment, Moment],
): Document {
  const said = actions.filter((action): action is Said => action.do === "say");
  const assigned = actions.filter((action) => action.do === "assign");
  const agents = assigned.map(({ agent }) => agent);
  const team = TEAMS.find(({ id }) => id === actions.findLast((action) => action.do === "queue")?.team);
  const open = said.filter(({ isPrivate }) => !isPrivate);
  return {
    ChatId: guid,
    SessionId: numberOf(guid),
    SiteId: { site: true },
    AgentIds: agents,
    Start: { time: start },
    End: { time: end },
    PreChatName: person.name,
    PreChatCompany: "",
    PreChatPhone: "",
    PreChatEmail: person.email,
    PreChatProductService: "Coffee",
    PreChatDepartmentId: team?.id ?? 0,
    PreChatDepartmentName: team?.name ?? "",
    AgentComment: "",
    Messages: open.map(({ at, from, text }, index) => ({
      Id: index + 1,
      ChatAction: 0,
      ...sentBy(from, person),
      Message: text,
      translatedMessage: null,
      Attachement: null,
      Time: { time: at },
    })),
    SocialMediaSource: 0,
    SocialProfileUrl: null,
    ChatType: open.some(({ from }) => from === "bot") ? 2 : 0,
    IfAudioChatHappened: false,
    IfVideoChatHappened: false,
    ChatSource: 0,
    MissedChatStatus: agents.length === 0 ? 2 : 0,
    RequestTime: { time: start },
    IfEnterQueue: true,
    LasMessageSendBy: codeOf(open.at(-1)!.from),
    IfNewTicket: false,
    RequestPageTitle: inboxOf(inbox).name,
    RequestPageUrl: `https://shop.example.com${inboxOf(inbox).pages[0]}`,
    CustomFields: [],
    CustomVariable: [],
    TransferLogs: assigned.slice(1).map(({ at, agent }, index) => ({
      Time: { time: at },
      TransferType: 0,
      FromId: agents[index]!,
      ToId: agent,
      AgentId: agents[index]!,
      IfSuccess: true,
    })),
    Attachments: [],
    BotActions: [],
    Visitor: {
      Id: `${person.visitorId}`,
      Country: person.country,
      City: person.city,
      Language: person.language,
      LastName: person.name,
      LastEmail: person.email,
      RelatedType: 0,
      segmentIds: [],
    },
  };
}

function sentBy(from: Sender, person: Person): { SenderType: number; SenderName: string | null } {
  const name = typeof from === "object" ? agentOf(from.agent).name : from === "contact" ? person.name : null;
  return { SenderType: from === "bot" ? CHATBOT : codeOf(from), SenderName: name };
}

/** Who that is to `LasMessageSendBy`, which counts the bot as the system. */
function codeOf(from: Sender): number {
  if (typeof from === "object") return AGENT;
  return from === "contact" ? VISITOR : SYSTEM;
}
