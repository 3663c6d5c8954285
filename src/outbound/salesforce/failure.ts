import { Reject } from "../../broker/outcome.ts";
import { DestinationDown } from "../destination-down.ts";
import type { ObjectName } from "./purposes.ts";

/** The access token is not valid any more. */
export class SessionExpired extends Error {
  constructor() {
    super("the session has expired");
    this.name = "SessionExpired";
  }
}

interface SalesforceError {
  errorCode: string;
  message: string;
  fields: string[];
}

const EXPIRED = ["INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "ERROR_HTTP_401"];
/** Nothing that this user sends is taken. */
const REFUSES_US = [
  "API_CURRENTLY_DISABLED",
  "API_DISABLED_FOR_ORG",
  "ERROR_HTTP_403",
  "INSUFFICIENT_SCOPE",
  "INVALID_CLIENT",
  "INVALID_LOGIN",
  "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
  "ORG_LOCKED",
  "PASSWORD_LOCKOUT",
];
const LIMITED = ["REQUEST_LIMIT_EXCEEDED", "REQUEST_RUNNING_TOO_LONG", "SERVER_UNAVAILABLE"];
/** Another user's work was in the way. */
const PASSING = ["UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION", "UNKNOWN_ERROR"];

/** The limit counts the last 24 hours: what is used up comes back slowly. */
export const LIMIT_PAUSE_S = 15 * 60;
/** Calls at once end sooner. */
const CONCURRENCY_PAUSE_S = 30;

/** What an error of jsforce means for the delivery. Values, which may be a customer's, are left out of what it says. */
export function failureOf(error: unknown, object: ObjectName): unknown {
  const errors = errorsOf(error);
  const first = errors[0];
  if (!first) return error;
  const codes = errors.map(({ errorCode }) => errorCode);
  const isAny = (known: string[]) => codes.some((code) => known.includes(code));
  if (isAny(EXPIRED)) return new SessionExpired();
  if (isAny(REFUSES_US)) return new DestinationDown("PA088", `Salesforce refuses us: ${codes.join(", ")}`);
  if (isAny(LIMITED)) {
    const retryAfterSeconds = /concurrent/i.test(first.message) ? CONCURRENCY_PAUSE_S : LIMIT_PAUSE_S;
    return new DestinationDown("PA089", `Salesforce takes no more calls: ${first.errorCode}`, {
      retryAfterSeconds,
    });
  }
  if (isAny(PASSING)) return new Error(`Salesforce could not do it now: ${codes.join(", ")}`);
  if (codes.some((code) => code.startsWith("ERROR_HTTP_"))) {
    return new DestinationDown("PA085", `not an answer of Salesforce's API: ${codes.join(", ")}`);
  }
  return new Reject("PA086", `Salesforce refused the ${object}: ${errors.map(describe).join("; ")}`);
}

/** jsforce's HttpApiError: one error, or several in `data`. */
function errorsOf(error: unknown): SalesforceError[] {
  if (!(error instanceof Error) || !("errorCode" in error) || typeof error.errorCode !== "string") return [];
  const data: unknown = "data" in error ? error.data : null;
  const given = error.errorCode === "MULTIPLE_API_ERRORS" && Array.isArray(data) ? data : [data];
  return given.map((one) => {
    const { errorCode, message, fields } = (one ?? {}) as Partial<SalesforceError>;
    return {
      errorCode: /^\w{1,80}$/.test(errorCode ?? "") ? errorCode! : (error as { errorCode: string }).errorCode,
      message: typeof message === "string" ? message : "",
      fields: Array.isArray(fields) ? fields : [],
    };
  });
}

function describe({ errorCode, message, fields }: SalesforceError): string {
  const column = /No such column '(\w{1,80})'/.exec(message)?.[1];
  const names = [...fields, column].filter((name) => typeof name === "string" && /^[\w.]{1,80}$/.test(name));
  return names.length > 0 ? `${errorCode} (${names.join(", ")})` : errorCode;
}
