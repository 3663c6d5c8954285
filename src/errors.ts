/**
 * Every error that Parley raises itself, with what to do about it. `docs/errors.md` explains each code; a test
 * keeps both equal. Codes are SQLSTATEs of class PA, so the same code comes from SQL, the CLI and the logs.
 */
export const ERRORS = {
  PA001: "unknown event",
  PA002: "unknown queue",
  PA003: "queue exists already",
  PA004: "unusable queue name or setting",
  PA005: "busy, try again",
  PA006: "queue is not empty",
  PA007: "unknown error message",
  PA008: "unusable time range",
  PA010: "database is newer than this program",
  PA011: "database is older than this program",
  PA012: "database server cannot be reached",
  PA013: "database server is too old",
  PA014: "database refused the login",
  PA015: "port is taken",
  PA016: "unusable setting",
  PA017: "file cannot be read",
  PA018: "not JSON",
  PA019: "JSON that PostgreSQL cannot store",
  PA020: "invalid event data",
  PA021: "message crashed the worker",
  PA022: "handler took too long",
  PA023: "handler failed",
  PA024: "disk is full",
  PA025: "embedded PostgreSQL did not start",
  PA026: "wrong usage",
  PA027: "running already",
  PA030: "unknown conversation or account",
  PA031: "other account or inbox than the conversation",
  PA032: "deleted agent, team or inbox",
  PA033: "resolved dialog",
  PA034: "row that history refers to",
  PA035: "unknown contact",
  PA036: "unusable status or time",
  PA037: "message of another conversation",
  PA038: "event that triggers log",
  PA039: "two dialogs of one statement",
  PA040: "unusable isolation level",
  PA041: "unusable time of history",
  PA042: "too many events at once",
  PA043: "unusable time of an event",
  PA050: "unknown time zone",
  PA051: "not a full quarter of an hour",
  PA052: "empty time range",
  PA053: "range too long",
  PA054: "unusable business hours",
  PA055: "unusable limit of time",
  PA056: "metric without times",
  PA060: "unusable destination",
  PA061: "secrets that are not sealed",
  PA062: "secrets that cannot be opened",
  PA063: "unknown destination",
  PA064: "delivery took too long",
  PA065: "delivery failed",
  PA066: "event that a destination cannot get",
  PA067: "destination switched off",
  PA068: "kind or account of a destination cannot change",
  PA069: "too many destinations",
  PA070: "destination cannot be reached",
  PA071: "address that is not called",
  PA072: "destination refuses us",
  PA073: "unsuccessful answer",
  PA074: "unusable webhook endpoint",
  PA075: "mail server does not work",
  PA076: "mail refused",
  PA077: "mail too large",
  PA078: "nobody to mail to",
  PA079: "mail deferred",
  PA080: "unknown ticket",
  PA081: "closed ticket",
  PA082: "unknown dialog",
  PA083: "answer without the ticket's id",
  PA084: "dialog and chat of a ticket differ",
  PA085: "Salesforce org not prepared",
  PA086: "record refused by Salesforce",
  PA087: "nobody to attach to in Salesforce",
  PA088: "Salesforce refuses us",
  PA089: "Salesforce's API calls used up",
  PA090: "ticket refused by Zendesk",
  PA091: "Zendesk refuses us",
  PA092: "Zendesk's rate limit",
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a code of the catalogue. `message` says what is wrong, `hint` what to do. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "ParleyError";
    this.code = code;
    this.hint = options.hint;
  }
}
