import type { z } from "zod";
import { record } from "./record.ts";
import { id, int, time } from "./values.ts";

/** Data of `agent.status.changed`. */
export const agentStatusChanged = record(
  { SiteId: id, AgentId: id, Status: int, Time: time },
  { Time: "changedAt" },
);

export type AgentStatusChanged = z.output<typeof agentStatusChanged>;
