import { record } from "./record.ts";
import { id, list, optional, optionalIdentifier, text, time } from "./values.ts";

const privateMessage = record(
  {
    FromAgentId: id,
    ToAgentId: id,
    Time: time,
    Content: optional(text),
    AttachmentGuid: optionalIdentifier,
  },
  { Time: "sentAt" },
);

/** Data of `agentChat.replied`. */
export const agentChatReplied = record(
  { SiteId: id, Messages: list(privateMessage) },
  { SiteId: "accountId" },
);
