import type { Language, Trade } from "./corpus/language.ts";

export const ACCOUNT = "Parley demo";
/** An account of that name may be somebody else's; one with this inbox is not. */
export const OWN_INBOX = "demo-telegram";

export interface Team {
  id: number;
  trade: Trade;
  name: string;
  /** What customers are told. */
  called: Record<Language, string>;
}

export interface Agent {
  id: number;
  name: string;
  /** What customers are told. */
  called: Record<Language, string>;
  email: string;
  team: number;
  languages: Language[];
}

export interface Inbox {
  identifier: string;
  name: string;
  channelType: string;
  /** What contacts come from. */
  pages: string[];
}

export const TEAMS: Team[] = [
  {
    id: 1,
    trade: "care",
    name: "Customer care",
    called: { uk: "Підтримка", zh: "售后服务", en: "Customer care" },
  },
  { id: 2, trade: "delivery", name: "Delivery", called: { uk: "Доставка", zh: "物流", en: "Delivery" } },
  { id: 3, trade: "billing", name: "Billing", called: { uk: "Оплата", zh: "账务", en: "Billing" } },
];

export const AGENTS: Agent[] = [
  agent(1, "Олена Ткаченко", "Олена", "Olena", "olena.tkachenko", 1, ["uk", "en"]),
  agent(2, "Тарас Бондаренко", "Тарас", "Taras", "taras.bondarenko", 2, ["uk"]),
  agent(3, "Ірина Шевчук", "Ірина", "Iryna", "iryna.shevchuk", 3, ["uk", "en"]),
  agent(4, "王伟", "小王", "Wei", "wang.wei", 1, ["zh"]),
  agent(5, "李静", "李静", "Jing", "li.jing", 2, ["zh", "en"]),
  agent(6, "陈晨", "陈晨", "Chen", "chen.chen", 3, ["zh"]),
  agent(7, "Emma Clarke", "Emma", "Emma", "emma.clarke", 1, ["en"]),
  agent(8, "James Okafor", "James", "James", "james.okafor", 2, ["en"]),
];

export const INBOXES: Inbox[] = [
  {
    // The one that persistence puts chats into which come as events.
    identifier: "website",
    name: "Website",
    channelType: "Channel::WebWidget",
    pages: ["/", "/machines/e3", "/beans", "/orders", "/account", "/checkout"],
  },
  {
    identifier: OWN_INBOX,
    name: "Telegram bot",
    channelType: "Channel::Telegram",
    pages: ["/telegram"],
  },
  { identifier: "demo-wechat", name: "WeChat account", channelType: "Channel::Api", pages: ["/wechat"] },
];

/** Where contacts of a language write, and how often out of ten. */
export const CHANNELS: Record<Language, string[]> = {
  uk: [...Array(6).fill("website"), ...Array(4).fill(OWN_INBOX)],
  zh: [...Array(3).fill("website"), ...Array(7).fill("demo-wechat")],
  en: [...Array(9).fill("website"), OWN_INBOX],
};

export const agentOf = (id: number): Agent => AGENTS.find((one) => one.id === id)!;
export const teamOf = (trade: Trade): Team => TEAMS.find((one) => one.trade === trade)!;
export const inboxOf = (identifier: string): Inbox => INBOXES.find((one) => one.identifier === identifier)!;

function agent(
  id: number,
  name: string,
  calledAtHome: string,
  calledInEnglish: string,
  mailbox: string,
  team: number,
  languages: Language[],
): Agent {
  const called = { uk: calledAtHome, zh: calledAtHome, en: calledInEnglish };
  return { id, name, called, email: `${mailbox}@shop.example.com`, team, languages };
}
