import { dialogMembers } from "./dialog.ts";
import { keptWhole } from "./kept-whole.ts";
import { record } from "./record.ts";
import { guid, id, optional, optionalId, optionalLong, optionalTime, text } from "./values.ts";

const chatReply = record(
  {
    SiteId: id,
    ChatId: guid,
    SessionId: optionalLong,
    AgentId: optionalId,
    MessageId: optionalLong,
    Message: optional(text),
    Time: optionalTime,
    ...dialogMembers,
  },
  { SiteId: "accountId", ChatId: "chatGuid", Message: "content", Time: "repliedAt" },
);

const repliedBy = (senderType: number) =>
  keptWhole(chatReply.transform((reply) => ({ ...reply, senderType })));

/** Data of `chat.visitor.replied`. */
export const chatVisitorReplied = repliedBy(0);

/** Data of `chat.agent.replied`. */
export const chatAgentReplied = repliedBy(1);
