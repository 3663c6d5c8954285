import { record } from "./record.ts";
import { id, optionalId, time } from "./values.ts";

/** Data of `cannedMessage.used`. The chat is named by its number. */
export const cannedMessageUsed = record(
  { SiteId: id, ChatId: optionalId, AgentId: id, CannedMessageId: id, Time: time },
  { SiteId: "accountId", ChatId: "chatNumber", Time: "usedAt" },
);
