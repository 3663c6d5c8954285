import { Readable } from "node:stream";
import type { Delivery } from "../adapter.ts";
import { commentsOf } from "./comments.ts";
import { NotFound } from "./failure.ts";
import type { Job } from "./job.ts";
import { importedComments, type NewTicket, newTicket } from "./new-ticket.ts";

interface Ticket {
  id: number;
  status: string;
}

/** Custom metadata of audits, which agents do not see: which delivery made a comment, and which of its comments it is. */
const MARK = "parley_delivery";

/**
 * The ticket that has all of the enquiry, by its number. Every step can be done again after a crash: a ticket is found by its
 * external id, the delivery's; its comments by their marks.
 */
export async function ticketOf(job: Job): Promise<number> {
  const { client, creating, delivery, enquiry, settings } = job;
  const isImported = settings.transcript === "lines" && enquiry.kind === "chat";
  const [made] = (await client.tickets.listWithFilter("external_id", delivery.id)) as Ticket[];
  if (made) {
    if (!isImported) await addComments(job, made.id);
    return made.id;
  }
  const continued = await ticketToContinue(job);
  if (continued && continued.status !== "closed") {
    await addComments(job, continued.id);
    return continued.id;
  }
  const ticket = await newTicket(job);
  if (isImported) {
    const comments = importedComments(job, ticket);
    return numberOf(await client.ticketimport.import({ ticket: { ...ticket, comments } } as never));
  }
  const [first = enquiry.subject, ...rest] = commentsOf(enquiry, settings);
  const id = numberOf(
    await creating.tickets.create({
      ticket: {
        ...ticket,
        // A closed ticket takes no comments: what comes after is linked to it.
        ...(continued && { via_followup_source_id: continued.id }),
        comment: {
          body: first,
          public: settings.publicComments !== "none",
          ...authorOf(job, ticket),
          ...(await uploads(job)),
        },
        ...mark(delivery, 0),
      },
    } as never),
  );
  for (const [index, body] of rest.entries()) await addComment(job, id, index + 1, { body });
  return id;
}

async function ticketToContinue({ client, enquiry, settings }: Job): Promise<Ticket | null> {
  const { ticketId } = enquiry;
  if (!settings.continueTickets || ticketId === null || !/^\d{1,15}$/.test(ticketId)) return null;
  try {
    const { result } = (await client.tickets.show(Number(ticketId))) as unknown as { result: Ticket };
    return result;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

/** An offline message is the requester's own comment. End users write no internal ones. */
function authorOf({ enquiry, settings }: Job, { requester_id }: NewTicket) {
  const isOwn = enquiry.kind === "offlineMessage" && settings.publicComments !== "none";
  return isOwn && requester_id !== undefined ? { author_id: requester_id } : {};
}

/** Adds the comments that the ticket does not have yet. */
async function addComments(job: Job, id: number): Promise<void> {
  const { client, delivery, enquiry, settings } = job;
  const audits = (await client.ticketaudits.list(id)) as {
    metadata?: { custom?: Record<string, unknown> };
  }[];
  const present = new Set(audits.map(({ metadata }) => metadata?.custom?.[MARK]));
  for (const [index, body] of commentsOf(enquiry, settings).entries()) {
    if (present.has(markOf(delivery, index))) continue;
    await addComment(job, id, index, { body, ...(index === 0 && (await uploads(job))) });
  }
}

async function addComment(
  { client, delivery, settings: { publicComments } }: Job,
  id: number,
  index: number,
  comment: { body: string; uploads?: string[] },
): Promise<void> {
  const isPublic = publicComments === "all" || (publicComments === "first" && index === 0);
  const ticket = { comment: { ...comment, public: isPublic }, ...mark(delivery, index) };
  await client.tickets.update(id, { ticket } as never);
}

async function uploads({ client, enquiry: { file } }: Job): Promise<{ uploads?: string[] }> {
  if (!file) return {};
  // node-zendesk takes a stream or a file's path.
  const content = Readable.from([file.content]);
  const uploaded = await client.attachments.upload(content as never, { filename: file.name, binary: false });
  const { upload } = uploaded as unknown as { upload: { token: string } };
  return { uploads: [upload.token] };
}

function mark(delivery: Delivery, index: number) {
  return { metadata: { [MARK]: markOf(delivery, index) } };
}

function markOf(delivery: Delivery, index: number): string {
  return `${delivery.id}/${index}`;
}

/** Of what was created, or imported. */
function numberOf(answer: unknown): number {
  const { result } = answer as { result: Partial<Ticket> & { ticket?: Ticket } };
  const id = result.id ?? result.ticket?.id;
  if (id === undefined) throw new Error("Zendesk's answer names no ticket");
  return id;
}
