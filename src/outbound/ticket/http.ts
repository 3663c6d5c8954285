import { Reject } from "../../broker/outcome.ts";
import { stringifyExactJson } from "../../db/exact-json.ts";
import type { AttemptContext, Delivery, Destination, Receipt } from "../adapter.ts";
import { type HttpAnswer, receiptOf } from "../http/answer.ts";
import type { HttpClient } from "../http/client.ts";
import { failureOfAnswer } from "../http/failure.ts";
import type { Entry } from "./entry.ts";
import type { HttpSettings, TicketSecrets } from "./settings.ts";
import { type Fields, fill } from "./template.ts";

const TIMEOUT_MS = 15_000;

interface Known {
  name: string;
  reference: string;
  event_id: number;
}

/**
 * Sends it to another ticket system. What that calls the ticket is remembered, so that what continues it is appended, and what was taken
 * already is not sent again. Between its answer and our note of it a crash may fall: there only the Idempotency-Key helps.
 */
export async function sendByHttp(
  http: HttpClient,
  entry: Entry,
  delivery: Delivery,
  destination: Destination<HttpSettings, TicketSecrets>,
  { signal, query }: AttemptContext,
): Promise<Receipt> {
  const { settings } = destination;
  const ticketName = entry.ticketId === null ? undefined : `ticket:${entry.ticketId}`;
  const names = [entry.sourceId, ...(ticketName === undefined ? [] : [ticketName])];
  const known = await query<Known>(
    "select name, reference, event_id from outbound.ticket_references($1, $2)",
    [destination.id, names],
  );
  const same = known.find(({ name }) => name === entry.sourceId);
  if (same && same.event_id >= delivery.eventId) {
    return { reference: same.reference, note: "has been sent before" };
  }
  const continued =
    same?.reference ??
    known.find(({ name }) => name === ticketName)?.reference ??
    // Perhaps the chat server has it from that ticket system.
    (entry.isNew ? null : entry.ticketId);

  if (continued !== null && settings.append && isPathSegment(continued)) {
    const { url, method, body } = settings.append;
    const answer = await call(
      url.replaceAll("{reference}", encodeURIComponent(continued)),
      method,
      body,
      continued,
      delivery.id,
    );
    if (![404, 410].includes(answer.status)) return took(answer, continued);
  }
  const { url, method, body } = settings.create;
  // Another request than that which was refused just now.
  const idempotencyKey = continued === null ? delivery.id : `${delivery.id}-new`;
  const answer = await call(url, method, body, null, idempotencyKey);
  return took(answer, undefined);

  function call(
    to: string,
    by: "POST" | "PUT" | "PATCH",
    template: unknown,
    reference: string | null,
    key: string,
  ): Promise<HttpAnswer> {
    const fields = fieldsOf(entry, delivery, reference);
    return http.request({
      url: to,
      method: by,
      headers: {
        ...settings.headers,
        ...authorization(destination.secrets),
        ...destination.secrets.headers,
        accept: "application/json",
        "content-type": "application/json",
        "user-agent": "Parley-Tickets",
        "idempotency-key": key,
      },
      body: stringifyExactJson(template === undefined ? fields : fill(template, fields)),
      signal,
      timeoutMs: TIMEOUT_MS,
    });
  }

  async function took(answer: HttpAnswer, appendedTo: string | undefined): Promise<Receipt> {
    const failure = failureOfAnswer(answer, { wrongRequest: "reject" });
    if (failure) throw failure;
    const reference = appendedTo ?? referenceIn(answer, settings.reference);
    await query("select outbound.keep_ticket_reference($1, $2, $3, $4)", [
      destination.id,
      names,
      reference,
      delivery.eventId,
    ]);
    return { ...receiptOf(answer), reference };
  }
}

/** An event's TicketId may be anything: dots alone would lead to another resource. */
const isPathSegment = (reference: string) => !/^\.+$/.test(reference);

function fieldsOf(entry: Entry, { id, putAt }: Delivery, reference: string | null): Fields {
  const { enquiry } = entry;
  return {
    subject: enquiry.subject,
    text: entry.text,
    note: entry.note,
    name: enquiry.who.name,
    email: enquiry.who.emails[0] ?? null,
    phone: enquiry.who.phone,
    company: enquiry.who.company,
    visitorId: enquiry.who.visitorId,
    kind: enquiry.kind,
    chatId: entry.chatId,
    ticketId: entry.ticketId,
    reference,
    deliveryId: id,
    departmentId: enquiry.department.id,
    department: enquiry.department.name,
    at: entry.chatId === null ? putAt.toISOString() : enquiry.startedAt,
    attachments: [
      ...entry.files.map((file) => ({ ...file, content: file.content?.toString("base64"), private: false })),
      ...entry.noteFiles.map((file) => ({ ...file, private: true })),
    ],
  };
}

function authorization({ bearer, basic }: TicketSecrets): Record<string, string> {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` };
  if (basic === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}` };
}

/** The ticket has been made, so trying again would make another: to the error queue, where somebody sees it. */
function referenceIn(answer: HttpAnswer, path: string): string {
  const found = path.split(".").reduce<unknown>((at, member) => {
    const isThere = typeof at === "object" && at !== null && Object.hasOwn(at, member);
    return isThere ? (at as Record<string, unknown>)[member] : undefined;
  }, parsed(answer.text));
  if (typeof found === "number" || (typeof found === "string" && found !== "")) return String(found);
  throw new Reject("PA083", `made a ticket, but its answer has no id at "${path}" (settings.reference)`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
