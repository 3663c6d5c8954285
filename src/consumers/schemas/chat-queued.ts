import { dialogMembers } from "./dialog.ts";
import { record } from "./record.ts";
import { id, int, list, optionalId, time } from "./values.ts";

const chatQueueLog = record(
  { DepartmentId: optionalId, NumberOfQueue: int, LogTime: time },
  { DepartmentId: "teamId", LogTime: "loggedAt" },
);

/** Data of `chat.queued`. */
export const chatQueued = record(
  { SiteId: id, Messages: list(chatQueueLog), ...dialogMembers },
  { SiteId: "accountId" },
);
