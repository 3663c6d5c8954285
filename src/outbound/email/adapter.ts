import type { Adapter, AttemptContext, Delivery, Destination, Receipt } from "../adapter.ts";
import { emailSchemas, type MailedEvent } from "./events.ts";
import {
  failureOfMail,
  isDeferral,
  MailDeferred,
  MailRefused,
  reasonOf,
  receiptOf,
  type SmtpError,
} from "./failures.ts";
import { mailOf } from "./message.ts";
import { type Audience, type Recipients, recipientsOf } from "./recipients.ts";
import { replyText } from "./reply.ts";
import { type SessionOptions, Sessions } from "./sessions.ts";
import { type EmailSecrets, type EmailSettings, emailSecrets, emailSettings } from "./settings.ts";
import { forgetTaken, rememberTaken, takenBy } from "./taken.ts";
import { TemplateTooLarge } from "./template.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

type EmailDestination = Destination<EmailSettings, EmailSecrets>;
type Mailing = Recipients["mailings"][number];

/** What became of one mail: who has it, and the errors of those who do not. */
interface Posted {
  audience: Audience;
  accepted: string[];
  errors: SmtpError[];
  receipt: Receipt;
}

/**
 * Mails chats and offline messages by SMTP. An account's people get one mail together, the visitor another one. A server answers for each
 * recipient: who has the mail does not get it again when it is attempted again for the others.
 */
export function createEmailAdapter(options: SessionOptions): Adapter<EmailSettings, EmailSecrets> {
  const sessions = new Sessions(options);
  return {
    kind: "email",
    queue: "EmailQueue",
    settings: emailSettings,
    secrets: emailSecrets,
    schemas: emailSchemas,
    // Greylisting takes minutes, full mailboxes hours (RFC 5321, 4.5.4.1).
    retryAfterSeconds: [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR],
    timeoutSeconds: 90,
    deliver: (delivery, destination, context) => deliver(sessions, delivery, destination, context),
    close: async () => sessions.close(),
  };
}

async function deliver(
  sessions: Sessions,
  delivery: Delivery,
  destination: EmailDestination,
  context: AttemptContext,
): Promise<Receipt> {
  // A routing row may send anything.
  if (!Object.hasOwn(emailSchemas, delivery.eventName)) return { note: "not mailed: no mail is made of it" };
  const event = { name: delivery.eventName, data: delivery.data } as MailedEvent;
  const { mailings, notes } = recipientsOf(event, destination.settings);
  if (mailings.length === 0) {
    if (notes.length > 0) throw new MailRefused("PA078", `nobody is left to mail to: ${notes.join("; ")}`);
    return { note: "not mailed: nobody is to get it" };
  }

  // Of a mail to one person nothing can be left over.
  const isToOne = mailings.length === 1 && mailings[0]!.to.length === 1;
  const isTaken = isToOne ? () => false : await takenBy(delivery.id, context);
  const posted: Posted[] = [];
  for (const mailing of mailings) {
    const left = mailing.to.filter((address) => !isTaken(address));
    if (left.length === 0) continue;
    const result = await post(sessions, delivery, event, mailing, left, destination, context.signal);
    posted.push(result);
    const isDone = mailing === mailings.at(-1) && posted.every(({ errors }) => errors.length === 0);
    if (result.accepted.length > 0 && !isDone) await rememberTaken(delivery.id, result.accepted, context);
  }
  const receipt = conclude(posted, mailings, notes, isTaken);
  // Delivered again on purpose, it goes to everybody.
  if (!isToOne) await forgetTaken(delivery.id, context);
  return receipt;
}

/** Offers one mail to those who do not have it. Throws if the server takes it for none of them because of the mail or itself. */
async function post(
  sessions: Sessions,
  delivery: Delivery,
  event: MailedEvent,
  mailing: Mailing,
  left: string[],
  { id, settings, secrets }: EmailDestination,
  signal: AbortSignal,
): Promise<Posted> {
  const { audience } = mailing;
  const mail = await written(() => mailOf(delivery, event, mailing, settings));
  const server = { destinationId: id, smtp: settings.smtp, secrets };
  const envelope = { from: settings.from.address, to: left };
  try {
    const {
      accepted,
      rejectedErrors = [],
      response,
    } = await sessions.send(server, envelope, mail.content, signal);
    const answer = replyText(response);
    const receipt = { status: Number(answer.slice(0, 3)), answer, reference: mail.id };
    return { audience, accepted, errors: rejectedErrors, receipt };
  } catch (error) {
    if (!isSmtpError(error) || signal.aborted) throw error;
    const refusals = (error as { rejectedErrors?: SmtpError[] }).rejectedErrors;
    if (!refusals) throw failureOfMail(error);
    return { audience, accepted: [], errors: refusals, receipt: receiptOf(error) ?? {} };
  }
}

/** What the mails' outcomes mean for the delivery as a whole. */
function conclude(
  posted: Posted[],
  mailings: Mailing[],
  notes: string[],
  isTaken: (address: string) => boolean,
): Receipt {
  const errors = posted.flatMap((mail) => mail.errors);
  const deferred = errors.find(isDeferral);
  if (deferred) {
    throw new MailDeferred(
      `the mail server defers ${countOf(errors)} (${reasonOf(deferred)})`,
      receiptOf(deferred),
    );
  }

  // The mail that matters: the team's, if there is one. That a visitor mistyped the address must not fail it.
  const main = mailings[0]!;
  const refused = posted.find(
    ({ audience, accepted }) => audience === main.audience && accepted.length === 0,
  );
  if (refused && !main.to.some(isTaken)) {
    const reason = refused.errors.map(reasonOf).join("; ");
    throw new MailRefused("PA076", `the mail server refuses every recipient (${reason})`, refused.receipt);
  }

  const receipt = posted.findLast(({ accepted }) => accepted.length > 0)?.receipt ?? {};
  const leftOut = errors.map((error) => `a recipient was refused: ${reasonOf(error)}`);
  const note = [...notes, ...leftOut].join("; ");
  return { ...receipt, ...(note === "" ? {} : { note }) };
}

async function written<Mail>(write: () => Promise<Mail>): Promise<Mail> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof TemplateTooLarge) throw new MailRefused("PA077", error.message);
    throw error;
  }
}

function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error && "code" in error && /^E[A-Z]+/.test(String(error.code));
}

function countOf(errors: readonly unknown[]): string {
  return errors.length === 1 ? "a recipient" : `${errors.length} recipients`;
}
