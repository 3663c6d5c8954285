import { CHANNELS } from "./cast.ts";
import type { Language } from "./corpus/language.ts";
import { createRandom, numberOf } from "./random.ts";

/** Somebody who writes to the team. */
export interface Person {
  /** The visitor's number on the website, which events know. */
  visitorId: number;
  name: string;
  email: string;
  language: Language;
  country: string;
  city: string;
  /** Where they write, in the order in which they try. */
  inboxes: string[];
}

const LANGUAGES: Language[] = ["uk", "zh", "en"];

const NAMES: Record<Language, { given: [string, string][]; family: [string, string][] }> = {
  uk: {
    given: [
      ["Дарина", "daryna"],
      ["Андрій", "andrii"],
      ["Наталія", "nataliia"],
      ["Богдан", "bohdan"],
      ["Софія", "sofiia"],
      ["Юрій", "yurii"],
      ["Марта", "marta"],
      ["Остап", "ostap"],
    ],
    family: [
      ["Коваль", "koval"],
      ["Мельник", "melnyk"],
      ["Лисенко", "lysenko"],
      ["Гнатюк", "hnatiuk"],
      ["Кравець", "kravets"],
      ["Савчук", "savchuk"],
      ["Ющенко", "yushchenko"],
    ],
  },
  zh: {
    given: [
      ["雨桐", "yutong"],
      ["浩然", "haoran"],
      ["欣怡", "xinyi"],
      ["志强", "zhiqiang"],
      ["思远", "siyuan"],
      ["丽华", "lihua"],
      ["子涵", "zihan"],
      ["建国", "jianguo"],
    ],
    family: [
      ["张", "zhang"],
      ["刘", "liu"],
      ["杨", "yang"],
      ["赵", "zhao"],
      ["周", "zhou"],
      ["吴", "wu"],
      ["孙", "sun"],
    ],
  },
  en: {
    given: [
      ["Grace", "grace"],
      ["Oliver", "oliver"],
      ["Priya", "priya"],
      ["Thomas", "thomas"],
      ["Aoife", "aoife"],
      ["Daniel", "daniel"],
      ["Hannah", "hannah"],
      ["Marcus", "marcus"],
    ],
    family: [
      ["Bennett", "bennett"],
      ["Murphy", "murphy"],
      ["Patel", "patel"],
      ["Walker", "walker"],
      ["Doyle", "doyle"],
      ["Campbell", "campbell"],
      ["Reid", "reid"],
    ],
  },
};

const PLACES: Record<Language, { country: string; cities: string[] }> = {
  uk: { country: "Ukraine", cities: ["Київ", "Львів", "Харків", "Одеса", "Дніпро", "Полтава"] },
  zh: { country: "China", cities: ["北京", "上海", "杭州", "成都", "广州", "武汉"] },
  en: { country: "Ireland", cities: ["Dublin", "Cork", "Galway", "Limerick"] },
};

/** Contacts of one hour, the three languages in turn. */
export function invitePeople(hour: string, count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(`${hour} person ${index}`);
    const language = LANGUAGES[index % LANGUAGES.length]!;
    const [given, givenLatin] = random.pick(NAMES[language].given);
    const [family, familyLatin] = random.pick(NAMES[language].family);
    const { country, cities } = PLACES[language];
    return {
      visitorId: numberOf(hour) * 100_000 + index + 1,
      name: language === "zh" ? `${family}${given}` : `${given} ${family}`,
      email: `${givenLatin}.${familyLatin}${random.between(1, 99)}@mail.example.com`,
      language,
      country,
      city: random.pick(cities),
      inboxes: [...new Set(random.shuffle(CHANNELS[language]))],
    };
  });
}
