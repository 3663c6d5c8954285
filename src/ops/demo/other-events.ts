import { type Action, type Document, HOUR, MINUTE, type Moment, SECOND } from "./action.ts";
import { AGENTS } from "./cast.ts";
import type { Person } from "./people.ts";
import { createRandom, numberOf } from "./random.ts";

/** What goes on around the conversations of an hour: visitors, campaigns, messages left, agents among themselves. */
export function putOtherEvents(hour: string, conversations: number, people: Person[]): Action[] {
  return [
    ...landings(hour, conversations),
    ...invitations(hour),
    ...offlineMessages(hour, people),
    ...ban(hour),
    ...talkAmongAgents(hour),
    put(1 * MINUTE, "agent.preference.changed", {
      AgentId: AGENTS[0]!.id,
      Columns: [
        { EnumColumn: 1, IfVisible: true, Width: 180, CustomVariableId: 0 },
        { EnumColumn: 4, IfVisible: false, Width: 90, CustomVariableId: 0 },
      ],
    }),
  ];
}

function put(at: Moment, event: string, data: Document): Action {
  return { at, do: "put", event, data: { SiteId: { site: true }, ...data } };
}

function landings(hour: string, conversations: number): Action[] {
  const random = createRandom(`${hour} landings`);
  return Array.from({ length: Math.ceil(conversations / 3) }, () =>
    put(random.between(0, HOUR - 1), "visitor.landed", {
      CampainId: random.between(1, 3),
      VisitCount: random.between(1, 6),
    }),
  );
}

const EVERY = 12 * MINUTE;

/** Totals of one campaign, logged every few minutes; and invitations that agents sent by hand. */
function invitations(hour: string): Action[] {
  const random = createRandom(`${hour} invitations`);
  const totals = { SetNumber: 0, AcceptNumber: 0, RefuseNumber: 0 };
  const logged = Array.from({ length: HOUR / EVERY - 1 }, (_, turn) => {
    const at = (turn + 1) * EVERY;
    const log = (event: string, after: Moment) =>
      put(at + after, event, {
        Logs: [{ CampainId: 3, InvitaionId: 61, ...totals, Time: { time: at + after } }],
      });
    totals.SetNumber += random.between(8, 20);
    const sent = log("autoInvitation.sent", 0);
    totals.AcceptNumber += random.between(1, 4);
    const accepted = log("autoInvitation.accepted", 20 * SECOND);
    totals.RefuseNumber += random.between(1, 4);
    return [sent, accepted, log("autoInvitation.refused", 40 * SECOND)];
  }).flat();
  const byHand = put(random.between(20, 40) * MINUTE, "manualInvitation.logged", {
    Logs: [
      {
        AgentId: 7,
        Status: 1,
        TranscriptType: 2,
        TranscriptId: 7001,
        Message: "Looking for the right grinder?",
      },
      { AgentId: 4, Status: 2, TranscriptType: 2, TranscriptId: 7002, Message: "需要帮您推荐咖啡豆吗？" },
    ],
  });
  return [...logged, byHand];
}

const LEFT_MESSAGES: Record<Person["language"], { title: string; content: string }> = {
  uk: {
    title: "Гуртове замовлення",
    content: "Відкриваємо кав'ярню, потрібно 20 кг зерна на місяць. Чекаю на ваші ціни.",
  },
  zh: { title: "企业采购", content: "我们办公室想租两台咖啡机，请发一下报价和维护方案。" },
  en: {
    title: "Workshop",
    content: "Do you offer barista workshops for a team of twelve? Any Friday in spring would do.",
  },
};

function offlineMessages(hour: string, people: Person[]): Action[] {
  const random = createRandom(`${hour} offline messages`);
  return people.map((person) => {
    const { title, content } = LEFT_MESSAGES[person.language];
    return put(random.between(5 * MINUTE, HOUR - MINUTE), "offlineMessage.submitted", {
      visitorId: `${person.visitorId}`,
      VisitorName: person.name,
      VisitorEmail: person.email,
      VisitorCompany: "",
      VisitorPhone: "",
      City: person.city,
      Country: person.country,
      Language: person.language,
      SessionId: numberOf(`${person.visitorId}`),
      SourceChatId: "",
      CampainId: 3,
      RouteToId: 1,
      RouteToType: 1,
      ChatSource: 0,
      RequestPageTitle: "Contact",
      RequestPageUrl: "https://shop.example.com/contact",
      Segments: [],
      CustomFields: [],
      CustomVariables: [],
      Title: title,
      Content: content,
    });
  });
}

function ban(hour: string): Action[] {
  const random = createRandom(`${hour} ban`);
  return [
    put(random.between(10, 50) * MINUTE, "ban.added", {
      AgentId: 7,
      BanType: 1,
      // 203.0.113.0, a documentation address, and some more.
      IpFromOrVisitorId: 3_405_803_776 + random.between(1, 254),
      IpTo: 0,
      Comment: "Advertises a crypto exchange in every chat",
      OperatorId: 7,
    }),
  ];
}

const AMONG_AGENTS: [number, number, string][][] = [
  [
    [1, 2, "Тарасе, у тебе багато в черзі? Можу забрати кілька доставок."],
    [2, 1, "Було б чудово, візьми дві найстаріші 🙏"],
  ],
  [
    [4, 5, "快递柜的投诉今天有点多，你那边也是吗？"],
    [5, 4, "对，我已经跟快递公司说了，他们下午给答复"],
  ],
  [
    [7, 8, "Lunch after this queue?"],
    [8, 7, "Give me ten minutes, one transfer left."],
  ],
  [
    [3, 6, "Chen, can you check refunds over 3000? They hang in approval."],
    [6, 3, "On it, two of them are through already."],
  ],
];

function talkAmongAgents(hour: string): Action[] {
  const random = createRandom(`${hour} among agents`);
  return AMONG_AGENTS.map((lines) => {
    const start = random.between(3 * MINUTE, HOUR - 5 * MINUTE);
    return put(start + 30 * SECOND, "agentChat.replied", {
      Messages: lines.map(([from, to, content], index) => ({
        FromAgentId: from,
        ToAgentId: to,
        Time: { time: start + index * 25 * SECOND },
        Content: content,
        AttachmentGuid: "",
      })),
    });
  });
}
