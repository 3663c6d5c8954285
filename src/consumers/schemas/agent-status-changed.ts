import { record } from "./record.ts";
import { id, int, time } from "./values.ts";

/** Data of `agent.status.changed`. */
export const agentStatusChanged = record(
  { SiteId: id, AgentId: id, Status: int, Time: time },
  { SiteId: "accountId", Time: "changedAt" },
);
