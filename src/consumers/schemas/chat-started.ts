import { code } from "./code.ts";
import { dialogMembers } from "./dialog.ts";
import { keptWhole } from "./kept-whole.ts";
import { record } from "./record.ts";
import { guid, id, optional, optionalId, optionalLong, optionalTime, text } from "./values.ts";

/** Data of `chat.started`. */
export const chatStarted = keptWhole(
  record(
    {
      SiteId: id,
      ChatId: guid,
      SessionId: optionalLong,
      AgentId: optionalId,
      DepartmentId: optionalId,
      VisitorName: optional(text),
      ChatSource: optional(code(["button", "autoInvitation", "manualInvitation"])),
      StartTime: optionalTime,
      ...dialogMembers,
    },
    { SiteId: "accountId", ChatId: "chatGuid", DepartmentId: "teamId", StartTime: "startedAt" },
  ),
);
