import { GraphQLError } from "grafast/graphql";
import { ERRORS } from "../errors.ts";
import type { TokenRole } from "./auth/roles.ts";
import { ApiError, type ApiErrorCode } from "./errors.ts";

/** What whoever asked is told: nothing of SQL, nothing of other people's data. */
export type PublicError = { message: string; code: string; hint?: string };

/** Whose token would have been let in. The database names what it refused. */
function roleFor(refused: string, role: TokenRole): TokenRole {
  if (refused.includes("webhook")) return "administrator";
  return role === "producer" ? "analyst" : "producer";
}

/** What a class of the database's errors means to whoever asked. Their own texts name tables, or quote data, so none is shown. */
const BY_SQLSTATE: Record<string, PublicError> = {
  "57014": error("TIMEOUT", "the query took too long and was stopped; ask for less"),
  "22003": error("BAD_USER_INPUT", "a number is outside of what its type can hold"),
  "22007": error("BAD_USER_INPUT", "a date or time cannot be read; ISO 8601 is expected"),
  "22008": error("BAD_USER_INPUT", "a date or time does not exist, or is outside of what can be stored"),
  "22P02": error("BAD_USER_INPUT", "a value cannot be read as its type"),
  "22P05": error("BAD_USER_INPUT", "a text holds a character that PostgreSQL cannot store (\\u0000)"),
  "22021": error("BAD_USER_INPUT", "a text holds a character that PostgreSQL cannot store (\\u0000)"),
  "23502": error("BAD_USER_INPUT", "a value is missing"),
  "23505": error("BAD_USER_INPUT", "a value is in use already"),
  "40001": error("BUSY", "another request was faster; try again, nothing was changed"),
  "40P01": error("BUSY", "another request was faster; try again, nothing was changed"),
  "55P03": error("BUSY", "another request was faster; try again, nothing was changed"),
  "53300": error("BUSY", "the database has no connection left; try again"),
  "54000": error("TOO_LARGE", "a value is larger than PostgreSQL can take"),
  "54001": error("TOO_LARGE", "a value is nested deeper than PostgreSQL can take"),
};

/** What libraries find in a request, and throw without any code. */
const BY_MESSAGE: [RegExp, PublicError][] = [
  [
    /^Invalid (cursor|'(after|before)' cursor)/,
    error("BAD_USER_INPUT", "after or before is no cursor of this list in this order"),
  ],
  [
    /^(Empty objects|Null literals) are forbidden in filter/,
    error("BAD_USER_INPUT", "a filter holds {} or null; leave out what does not filter"),
  ],
  [
    /^Maximum call stack size exceeded|\. Maximum call stack size exceeded$/,
    error("TOO_DEEP", "a value is nested too deep"),
  ],
];

/** Whose number a column is, for references to what the account does not have. */
const REFERENCES: Record<string, string> = {
  account_id: "account",
  inbox_id: "inbox",
  contact_id: "contact",
  assignee_id: "agent",
  user_id: "agent",
  team_id: "team",
  message_id: "message",
};

const CONNECTION_LOST = error(
  "BUSY",
  "no connection to the database; a change may or may not have been made",
);

/** How pg says so of a connection that breaks, or broke before it was used again. */
const LOST =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable)/;

/** Undefined: a failure of ours. It is logged, and not shown. */
export function publicError(cause: unknown, role: TokenRole): PublicError | undefined {
  if (cause instanceof ApiError) return { code: cause.code, message: cause.message };
  // What GraphQL itself finds in a request. Our own failures come wrapped in one, with `originalError`.
  if (cause instanceof GraphQLError) {
    return cause.originalError
      ? publicError(cause.originalError, role)
      : {
          code: typeof cause.extensions.code === "string" ? cause.extensions.code : "BAD_USER_INPUT",
          message: cause.message,
        };
  }
  if (!(cause instanceof Error)) return undefined;
  // pg has no codes for its own failures.
  if (cause.message === "timeout exceeded when trying to connect") return BY_SQLSTATE["53300"];
  if (LOST.test(cause.message)) return CONNECTION_LOST;
  const known = BY_MESSAGE.find(([pattern]) => pattern.test(cause.message));
  if (known) return known[1];
  const { code } = cause as { code?: unknown };
  return typeof code === "string" ? ofDatabase(code, cause as DatabaseError, role) : undefined;
}

type DatabaseError = Error & { hint?: string; constraint?: string; detail?: string };

function ofDatabase(code: string, cause: DatabaseError, role: TokenRole): PublicError | undefined {
  if (Object.hasOwn(ERRORS, code)) {
    return { code, message: cause.message, ...(cause.hint === undefined ? {} : { hint: cause.hint }) };
  }
  if (code === "42501" || code === "25006") {
    return error("FORBIDDEN", `this needs a token of the role ${roleFor(cause.message, role)}`);
  }
  if (code === "23503") return error("BAD_USER_INPUT", missingReference(cause));
  // Constraints are named by what they demand: sender_type_known, identifier_1_to_300_characters.
  if (code === "23514") return error("BAD_USER_INPUT", `refused: ${cause.constraint?.replaceAll("_", " ")}`);
  if (/^(08|57P)|^E(CONN|PIPE|TIMEDOUT)/.test(code)) return CONNECTION_LOST;
  if (Object.hasOwn(BY_SQLSTATE, code)) return BY_SQLSTATE[code];
  // A division by zero is no input.
  if (code.startsWith("22") && code !== "22012") return error("BAD_USER_INPUT", "a value cannot be used");
  return undefined;
}

function missingReference({ detail = "" }: DatabaseError): string {
  const column = /\((?:\w+, )*(\w+)\)=/.exec(detail)?.[1] ?? "";
  return `there is no such ${REFERENCES[column] ?? "row"} in this account`;
}

function error(code: ApiErrorCode, message: string): PublicError {
  return { code, message };
}
