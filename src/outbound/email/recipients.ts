import { transcriptOf } from "../transcript.ts";
import { readAddress, sameMailbox } from "./address.ts";
import { departmentOf, isMissed, type MailedEvent, visitorAddressOf } from "./events.ts";
import type { EmailSettings } from "./settings.ts";

/** Whom a mail is written for: the account's own people, who all see one mail, or the visitor. */
export type Audience = "team" | "visitor";

export interface Recipients {
  /** Without duplicates; the visitor is not among the team. */
  mailings: { audience: Audience; to: string[] }[];
  /** Why somebody is left out who should have got it. */
  notes: string[];
}

/** Who is to get an event by the settings of its account. */
export function recipientsOf(event: MailedEvent, settings: EmailSettings): Recipients {
  const wanted = settings[event.name];
  if (!wanted || !meets(event, settings)) return { mailings: [], notes: [] };

  const department = departmentOf(event);
  const team = unique(wanted.departments[String(department)] ?? wanted.to);
  const { address, note } = wanted.to_visitor && hasWords(event) ? visitorOf(event) : {};
  const isInTeam =
    address !== undefined && team.some((member) => sameMailbox(member) === sameMailbox(address));
  const visitor = address === undefined || isInTeam ? [] : [address];
  return {
    mailings: [
      { audience: "team" as const, to: team },
      { audience: "visitor" as const, to: visitor },
    ].filter(({ to }) => to.length > 0),
    notes: note === undefined ? [] : [note],
  };
}

function meets(event: MailedEvent, settings: EmailSettings): boolean {
  if (event.name !== "chat.ended") return true;
  const only = settings["chat.ended"]!.only;
  return only === "all" || (only === "missed") === isMissed(event.data);
}

/** Whether there is anything for the visitor to read again: the account's people are told of an empty chat all the same. */
function hasWords({ name, data }: MailedEvent): boolean {
  return name !== "chat.ended" || transcriptOf(data).some(({ by }) => by !== "system");
}

function visitorOf(event: MailedEvent): { address?: string; note?: string } {
  const given = visitorAddressOf(event);
  if (given === null) return {};
  const address = readAddress(given);
  return address === undefined ? { note: "the visitor's address is none" } : { address };
}

function unique(addresses: string[]): string[] {
  return [...new Map(addresses.map((address) => [sameMailbox(address), address])).values()];
}
