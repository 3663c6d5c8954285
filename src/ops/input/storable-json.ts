import { ParleyError } from "../../errors.ts";

/** Paths are linked, not copied: only a document that is refused needs one spelled out. */
interface PathLink {
  parent: PathLink | undefined;
  name: string | number;
}

const MAX_PATH_LENGTH = 200;
const NUL = "\u0000";

/**
 * Refuses what JSON allows and jsonb cannot hold: NUL characters and half surrogate pairs. Names the member,
 * never its content. `source` is what the message calls the document.
 */
export function assertStorable(document: unknown, source: string): void {
  // A stack of its own: documents may be nested deeper than functions can be.
  const rest: { value: unknown; path: PathLink | undefined }[] = [{ value: document, path: undefined }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, path } = next;
    if (typeof value === "string") assertText(value, path, source);
    if (typeof value !== "object" || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      const link = { parent: path, name: Array.isArray(value) ? Number(name) : name };
      if (!Array.isArray(value)) assertText(name, link, source);
      rest.push({ value: member, path: link });
    }
  }
}

function assertText(text: string, path: PathLink | undefined, source: string): void {
  const fault = faultOf(text);
  if (fault === undefined) return;
  const message = `${source}: ${formatPath(path)} holds ${fault}, which PostgreSQL cannot store`;
  throw new ParleyError("PA019", message, { hint: "Remove or replace that character." });
}

function faultOf(text: string): string | undefined {
  if (text.includes(NUL)) return "a NUL character";
  return text.isWellFormed() ? undefined : "half a surrogate pair";
}

/** `$.Chat.Messages[3].Text`, as in JSONPath; of a deeply nested member the end. */
function formatPath(path: PathLink | undefined): string {
  let text = "";
  for (let link = path; link; link = link.parent) {
    text = formatStep(link.name) + text;
    if (text.length > MAX_PATH_LENGTH) return `...${text.slice(-MAX_PATH_LENGTH)}`;
  }
  return `$${text}`;
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
