import type { z } from "zod";
import { code } from "./code.ts";
import { customField, customVariable } from "./custom.ts";
import { dialogMembers } from "./dialog.ts";
import { record } from "./record.ts";
import { salesforce } from "./salesforce.ts";
import { attachment, botAction, chatMessage, chatTransferLog, cobrowse } from "./transcript.ts";
import {
  boolean,
  guid,
  id,
  int,
  list,
  nameOrNumber,
  optional,
  optionalDouble,
  optionalLong,
  optionalTime,
  text,
  time,
} from "./values.ts";
import { visitor } from "./visitor.ts";

/** Data of `chat.ended`: the chat with everything that happened in it. */
export const chatEnded = record(
  {
    ChatId: guid,
    SessionId: optionalLong,
    SiteId: id,
    AgentIds: list(int),
    Start: time,
    End: time,
    PreChatName: optional(text),
    PreChatCompany: optional(text),
    PreChatPhone: optional(text),
    PreChatEmail: optional(text),
    PreChatProductService: optional(text),
    PreChatDepartmentId: optional(int),
    PreChatDepartmentName: optional(text),
    AgentComment: optional(text),
    Messages: list(chatMessage),
    SocialMediaSource: optional(code(["None", "Facebook", "GooglePlus"])),
    SocialProfileUrl: optional(text),
    ChatType: optional(code(["AgentOnly", "ChatbotOnly", "FromChatBotToAgent", "Chatbot"])),
    IfAudioChatHappened: optional(boolean),
    IfVideoChatHappened: optional(boolean),
    ChatSource: optional(code(["button", "autoInvitation", "manualInvitation"])),
    MissedChatStatus: optional(code(["Normal", "AgentRefused", "Missed", "OfflineMessage"])),
    RequestTime: optionalTime,
    IfEnterQueue: optional(boolean),
    AgentAvgResponseTime: optionalDouble,
    LastMessageSendBy: optional(code(["unknown", "visitor", "agent", "system"], -1)),
    IfNewTicket: optional(boolean),
    TicketId: optional(nameOrNumber),
    RequestPageTitle: optional(text),
    RequestPageUrl: optional(text),
    RatingGrade: optional(int),
    RatingComment: optional(text),
    CustomFields: list(customField),
    CustomVariables: list(customVariable),
    TransferLogs: list(chatTransferLog),
    Attachments: list(attachment),
    Cobrowse: optional(cobrowse),
    BotActions: list(botAction),
    Visitor: optional(visitor),
    Salesforce: optional(salesforce),
    ...dialogMembers,
  },
  { ChatId: "chatGuid", SiteId: "accountId", Start: "startedAt", End: "endedAt", RequestTime: "requestedAt" },
).refine((chat) => chat.endedAt >= chat.startedAt, {
  path: ["End"],
  message: "expected a date not before Start",
});

export type ChatEnded = z.output<typeof chatEnded>;
