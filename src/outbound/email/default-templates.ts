import { readFileSync } from "node:fs";
import type { MailedEvent } from "./events.ts";
import type { Audience } from "./recipients.ts";

type Part = "subject" | "text" | "html";

const FOLDERS = { "chat.ended": "chat-ended", "offlineMessage.submitted": "offline-message" } as const;

/** What an account's mails look like that has no templates of its own: templates/<event>/<audience>.<part>.mustache. */
export function defaultTemplate(event: MailedEvent["name"], audience: Audience, part: Part): string {
  const file = `templates/${FOLDERS[event]}/${audience}.${part}.mustache`;
  const read = templates.get(file) ?? readFileSync(new URL(file, import.meta.url), "utf8");
  templates.set(file, read);
  return read;
}

const templates = new Map<string, string>();
