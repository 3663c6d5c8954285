import { code } from "./code.ts";
import { record } from "./record.ts";
import {
  boolean,
  id,
  list,
  optional,
  optionalDouble,
  optionalId,
  optionalLong,
  text,
  time,
} from "./values.ts";

const conversionLog = record(
  {
    Id: optionalId,
    ConversionId: id,
    ConversionName: optional(text),
    VisitorId: optionalLong,
    CookieIdentityId: optionalLong,
    ChatId: optionalId,
    DepartmentId: optionalId,
    RelatedOperatorId: optionalId,
    AppendInfo: optional(text),
    ConversionValue: optionalDouble,
    CreateTime: time,
    HasAddToDatabase: optional(boolean),
    CurrentChatId: optionalId,
    CurrentDepartmentId: optionalId,
    ConversionAccelerateType: optional(code(["firstChat", "lastChat"])),
  },
  {
    Id: "logId",
    ChatId: "chatNumber",
    DepartmentId: "teamId",
    RelatedOperatorId: "agentId",
    CreateTime: "achievedAt",
    CurrentChatId: "currentChatNumber",
    CurrentDepartmentId: "currentTeamId",
  },
);

/** Data of `visitor.conversion.achieved`. */
export const visitorConversionAchieved = record(
  { SiteId: id, Logs: list(conversionLog) },
  { SiteId: "accountId" },
);
