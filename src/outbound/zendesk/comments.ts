import type { Enquiry } from "../enquiry.ts";
import type { TimeStyle } from "../local-time.ts";
import { transcriptText } from "../transcript.ts";

/** Zendesk takes 64 KiB. */
const LONGEST_COMMENT_BYTES = 60_000;

/**
 * What is written to the ticket, comment by comment: what is known and how it began, then the transcript. The same
 * enquiry always makes the same comments.
 */
export function commentsOf(enquiry: Enquiry, style: TimeStyle): string[] {
  const { kind, lines } = enquiry;
  const first = lines.find(({ by }) => by === "visitor")?.text;
  const opening = [first, factsText(enquiry)].filter(Boolean).join("\n\n") || enquiry.subject;
  const transcript = kind === "chat" ? transcriptText(lines, style) : "";
  return [...parts(inert(opening)), ...parts(inert(transcript))];
}

export function factsText({ facts }: Enquiry): string {
  return facts.map(({ name, value }) => `${name}: ${value}`).join("\n");
}

/** Zendesk fills in placeholders ({{ticket.…}}, {% … %}) that it finds in comments: those that a visitor types stay text. */
export function inert(text: string): string {
  return text.replace(/\{(?=[{%])/g, "{\u200b");
}

/** Cut between lines; a line that is too long itself between characters. */
function parts(text: string): string[] {
  const found: string[] = [];
  let part = "";
  let bytes = 0;
  for (const piece of text.split(/(?<=\n)/).flatMap(pieces)) {
    const more = Buffer.byteLength(piece);
    if (bytes + more > LONGEST_COMMENT_BYTES) {
      found.push(part);
      part = "";
      bytes = 0;
    }
    part += piece;
    bytes += more;
  }
  return part.trim() === "" ? found : [...found, part];
}

function pieces(line: string): string[] {
  // No character takes more than four bytes.
  const longest = Math.floor(LONGEST_COMMENT_BYTES / 4);
  if (line.length <= longest) return [line];
  const characters = new RegExp(`[^]{1,${longest}}`, "gu");
  return line.match(characters) ?? [];
}
