import { Reject } from "../../broker/outcome.ts";
import { isObject } from "../../consumers/spelling.ts";
import { DestinationDown } from "../destination-down.ts";
import type { HttpAnswer } from "../http/answer.ts";
import { failureOfAnswer } from "../http/failure.ts";
import { retryAfterSeconds } from "../http/retry-after.ts";

/** What was asked for does not exist. */
export class NotFound extends Error {
  constructor() {
    super("Zendesk does not know this record");
    this.name = "NotFound";
  }
}

/** Limits count minutes. */
const LIMIT_PAUSE_S = 60;
const WRONG = [400, 413, 415, 422];

/** What an answer means for the delivery; undefined: success. Values, which may be a customer's, are left out of what it says. */
export function failureOf(answer: HttpAnswer): Error | undefined {
  const { status } = answer;
  if (status === 404) return new NotFound();
  if (status === 401 || status === 403) {
    return new DestinationDown("PA091", `Zendesk refuses us (${status})`);
  }
  if (status === 429) {
    const seconds = retryAfterSeconds(String(answer.headers["retry-after"] ?? "")) ?? LIMIT_PAUSE_S;
    return new DestinationDown("PA092", "Zendesk wants fewer calls (429)", { retryAfterSeconds: seconds });
  }
  const refusal = describe(answer.text);
  if (refusal.startsWith("IdempotentRequestError")) {
    return new Error("Zendesk has had this ticket already: the next attempt looks for it");
  }
  if (WRONG.includes(status)) return new Reject("PA090", `Zendesk refused it (${status}): ${refusal}`);
  return failureOfAnswer(answer, { wrongRequest: "retry" });
}

/** `RecordInvalid (requester: BlankValue)`: Zendesk's names for what is wrong, not its sentences. */
function describe(text: string): string {
  const body = parsed(text);
  const error = isObject(body.error) ? body.error.title : body.error;
  const details = Object.entries(isObject(body.details) ? body.details : {}).map(([field, faults]) => {
    const codes = Array.isArray(faults) ? faults.map((fault) => isObject(fault) && word(fault.error)) : [];
    return [word(field), codes.filter(Boolean).join(", ")].filter(Boolean).join(": ");
  });
  const said = word(error) ?? "no reason given";
  return details.length > 0 ? `${said} (${details.join("; ")})` : said;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

function word(given: unknown): string | undefined {
  return typeof given === "string" && /^[\w .-]{1,60}$/.test(given) ? given : undefined;
}
