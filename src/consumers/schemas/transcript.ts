import { code } from "./code.ts";
import { record } from "./record.ts";
import { boolean, identifier, int, optional, optionalTime, text, time } from "./values.ts";

// The classes inside Chat that tell what happened during it.

export const chatMessage = record(
  {
    Id: int,
    ChatAction: optional(int),
    SenderType: code(["visitor", "agent", "system", "chatbot"]),
    SenderName: optional(text),
    Message: optional(text),
    TranslatedMessage: optional(text),
    Attachment: optional(text),
    Time: time,
  },
  { Id: "lineId", Message: "content", TranslatedMessage: "translatedContent", Time: "createdAt" },
);

export const chatTransferLog = record(
  {
    Time: time,
    TransferType: code(["agent", "department"]),
    FromId: optional(int),
    ToId: optional(int),
    AgentId: optional(int),
    IfSuccess: optional(boolean),
  },
  { Time: "transferredAt" },
);

export const attachment = record({
  Uid: identifier,
  FilePath: optional(text),
  Url: optional(text),
  IsNoteFile: optional(boolean),
});

export const cobrowse = record(
  {
    Start: time,
    End: optionalTime,
    Status: optional(code(["Inited", "Requested", "Accepted", "Completed"])),
  },
  { Start: "startedAt", End: "endedAt" },
);

export const botAction = record(
  {
    Guid: identifier,
    ChatId: optional(int),
    OriginalQuestion: optional(text),
    StandardQuestionId: optional(int),
    BotAnswerType: optional(code(["HighConfidenceAnswer", "PossibleAnswer", "NoAnswer"])),
    RateType: optional(int),
    IfDeleted: optional(boolean),
    Time: time,
    IsAdd: optional(boolean),
  },
  { ChatId: "chatNumber", Time: "actedAt" },
);
