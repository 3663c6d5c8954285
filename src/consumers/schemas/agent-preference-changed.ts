import { record } from "./record.ts";
import { boolean, id, int, list, optional, optionalId } from "./values.ts";

const column = record(
  { EnumColumn: int, IfVisible: optional(boolean), Width: optional(int), CustomVariableId: optionalId },
  { EnumColumn: "columnCode" },
);

/** Data of `agent.preference.changed`: all columns of the agent's lists, as they are from now on. */
export const agentPreferenceChanged = record(
  { SiteId: id, AgentId: id, Columns: list(column) },
  { SiteId: "accountId" },
);
