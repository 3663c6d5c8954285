import { memberText } from "../member.ts";
import { factsText, inert } from "./comments.ts";
import type { Job } from "./job.ts";
import { requesterOf } from "./requester.ts";

/** A ticket to be made, but for its comments. */
export interface NewTicket {
  readonly external_id: string;
  readonly subject: string;
  readonly requester_id?: number;
  readonly [member: string]: unknown;
}

export async function newTicket({
  client,
  delivery,
  enquiry,
  document,
  settings,
  accountId,
}: Job): Promise<NewTicket> {
  const { department } = enquiry;
  const place = settings.departments[String(department.id)] ?? settings.departments[department.name ?? ""];
  const requesterId = await requesterOf(client, enquiry, accountId);
  const customFields = Object.entries(settings.customFields)
    .map(([id, member]) => ({ id: Number(id), value: memberText(document, member) }))
    .filter(({ value }) => value !== null && value !== "");
  // What is undefined is left out of JSON.
  return {
    external_id: delivery.id,
    subject: inert(enquiry.subject),
    ...(requesterId !== null && { requester_id: requesterId }),
    group_id: place?.groupId ?? settings.groupId,
    brand_id: place?.brandId ?? settings.brandId,
    ticket_form_id: settings.ticketFormId,
    priority: settings.priority,
    type: settings.type,
    status: settings.status,
    tags: settings.tags,
    custom_fields: customFields,
  };
}

/** What was said, line by line, at its time; the visitor's lines are the requester's own where the requester may read them. */
export function importedComments({ enquiry, settings }: Job, { requester_id }: NewTicket) {
  const isPublic = settings.publicComments === "all";
  const summary = {
    value: inert(factsText(enquiry) || enquiry.subject),
    public: settings.publicComments !== "none",
    created_at: enquiry.startedAt,
  };
  const lines = enquiry.lines.map(({ at, by, name, text, translated, attachment }) => {
    const isOwn = by === "visitor" && isPublic && requester_id !== undefined;
    const file = attachment && `[file: ${attachment.name}] ${attachment.url ?? ""}`;
    const value = [text, translated && `[${translated}]`, file].filter(Boolean).join("\n");
    return {
      value: inert(isOwn || name === "" ? value : `${name}: ${value}`),
      public: isPublic,
      created_at: at,
      ...(isOwn && { author_id: requester_id }),
    };
  });
  return [summary, ...lines];
}
