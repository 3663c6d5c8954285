import { code } from "./code.ts";
import { record } from "./record.ts";
import { id, list, optional, optionalId, text } from "./values.ts";

const manualInvitationLog = record({
  AgentId: id,
  Status: code(["Miss", "Accept", "Refuse"]),
  TranscriptType: optional(code(["chat", "offlineMessage", "navigation"])),
  TranscriptId: optionalId,
  Message: optional(text),
});

/** Data of `manualInvitation.logged`. */
export const manualInvitationLogged = record(
  { SiteId: id, Logs: list(manualInvitationLog) },
  { SiteId: "accountId" },
);
