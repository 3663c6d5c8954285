import { stringifyExactJson } from "../../db/exact-json.ts";
import type { AttemptContext, Delivery, Receipt } from "../adapter.ts";
import { cut } from "../enquiry.ts";
import type { Entry, File } from "./entry.ts";
import type { OwnSettings } from "./settings.ts";

const LONGEST_SUBJECT = 300;
/** Of chat.tickets.external_id. */
const LONGEST_TICKET_ID = 256;

const FILE = `select ticket_id, number, is_opened from chat.file_in_ticket(
  account_id => $1, event_id => $2, source_id => $3, subject => $4, content => $5, attachments => $6, author => $7, contact => $8,
  ticket_name => $9, ticket_name_means => $10, is_new => $11, reopen => $12, team_id => $13, team_name => $14,
  priority => $15, note => $16, note_attachments => $17)`;

/** Writes it in the ticket system of Parley itself: one statement, which changes nothing when it is repeated. */
export async function fileInOwn(
  entry: Entry,
  { eventId }: Delivery,
  accountId: number,
  { ticketIds, priority }: OwnSettings,
  query: AttemptContext["query"],
): Promise<Receipt> {
  const [filed] = await query<{ ticket_id: number; number: number; is_opened: boolean }>(FILE, [
    accountId,
    eventId,
    entry.sourceId,
    cut(entry.enquiry.subject, LONGEST_SUBJECT),
    entry.text,
    attachmentsOf(entry.files),
    entry.author,
    entry.contact && stringifyExactJson(entry.contact),
    entry.ticketId && cut(entry.ticketId, LONGEST_TICKET_ID),
    ticketIds,
    entry.isNew,
    entry.isUnanswered,
    entry.enquiry.department.id,
    entry.enquiry.department.name,
    priority,
    entry.note,
    attachmentsOf(entry.noteFiles),
  ]);
  if (!filed) return { note: "the contact of this chat has been forgotten" };
  return { reference: String(filed.number), note: filed.is_opened ? "opened" : "written in it" };
}

/** Bytes of offline messages are stored with them, by persistence. */
const attachmentsOf = (files: File[]) => JSON.stringify(files.map(({ content: _, ...file }) => file));
