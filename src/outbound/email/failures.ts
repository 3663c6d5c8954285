import { Reject } from "../../broker/outcome.ts";
import type { Receipt } from "../adapter.ts";
import { DestinationDown } from "../destination-down.ts";
import { replyText } from "./reply.ts";

/** What nodemailer tells of a failure. Its message may hold addresses, and is never shown. */
export interface SmtpError extends Error {
  code?: string | undefined;
  originalCode?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
}

/** The server says no for good. */
export class MailRefused extends Reject {
  readonly receipt: Receipt | undefined;

  constructor(code: "PA076" | "PA077" | "PA078", message: string, receipt?: Receipt) {
    super(code, message);
    this.name = "MailRefused";
    this.receipt = receipt;
  }
}

/** The server says not now, or broke off: counted as an attempt. */
export class MailDeferred extends Error {
  readonly code = "PA079";
  readonly receipt: Receipt | undefined;

  constructor(message: string, receipt?: Receipt) {
    super(message);
    this.name = "MailDeferred";
    this.receipt = receipt;
  }
}

const CLOSING = 421;
const BAD_SEQUENCE = 503;
const TOO_LARGE = 552;
const ENHANCED_TOO_LARGE = /^\d{3}[ -]5\.[23]\.[34]\b/;

/** Before a mail was offered: whatever it is, it is the server's or our settings' fault, and holds for all mails. */
export function failureOfSession(error: SmtpError): DestinationDown {
  return new DestinationDown("PA075", `${troubleOf(error)} (${reasonOf(error)})`, receiptOption(error));
}

function troubleOf({ code, originalCode = "" }: SmtpError): string {
  if (code === "EAUTH" || code === "ENOAUTH") return "the mail server refuses the login";
  if (code === "ETLS" || /CERT|SSL|TLS/.test(originalCode))
    return "no encrypted connection to the mail server";
  return "the mail server cannot be reached";
}

/** What it means that a mail was not taken. */
export function failureOfMail(error: SmtpError): Error {
  const { responseCode: status, command } = error;
  if (status === undefined) {
    // nodemailer knows what the server takes at most, and did not send more.
    if (error.code === "EMESSAGE" && command === "MAIL FROM") {
      return new MailRefused("PA077", "the mail is larger than the server takes");
    }
    return new MailDeferred(`the connection broke before the mail was taken (${reasonOf(error)})`);
  }
  if (status === CLOSING) {
    return new DestinationDown(
      "PA075",
      `the mail server ends the session (${reasonOf(error)})`,
      receiptOption(error),
    );
  }
  if (status < 500 || status === BAD_SEQUENCE) {
    return new MailDeferred(`the mail server defers the mail (${reasonOf(error)})`, receiptOf(error));
  }
  if (status === TOO_LARGE || ENHANCED_TOO_LARGE.test(error.response!)) {
    return new MailRefused(
      "PA077",
      `the mail is larger than the server takes (${reasonOf(error)})`,
      receiptOf(error),
    );
  }
  // Who may send, and as whom, is the same for every mail of this destination.
  if (command === "MAIL FROM") {
    return new DestinationDown(
      "PA075",
      `the mail server refuses the sender (${reasonOf(error)})`,
      receiptOption(error),
    );
  }
  return new MailRefused("PA076", `the mail server refuses the mail (${reasonOf(error)})`, receiptOf(error));
}

export function isDeferral({ responseCode: status }: SmtpError): boolean {
  return status === undefined || status < 500;
}

export function receiptOf({ responseCode, response }: SmtpError): Receipt | undefined {
  if (responseCode === undefined) return undefined;
  return { status: responseCode, answer: replyText(response ?? "") };
}

/** The server's own words, or the system's code. */
export function reasonOf(error: SmtpError): string {
  return error.response ? replyText(error.response) : (error.originalCode ?? error.code ?? error.name);
}

function receiptOption(error: SmtpError): { receipt?: Receipt } {
  const receipt = receiptOf(error);
  return receipt === undefined ? {} : { receipt };
}
