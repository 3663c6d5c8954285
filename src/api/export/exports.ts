import { VALUES } from "../schema/descriptions.ts";
import { ids, oneOf, optional, type Parameter, text, time } from "./parameters.ts";

/**
 * What can be had as CSV, under /export/NAME.csv: a view or a function of schema api. The parameters of the URL are a function's
 * arguments by their GraphQL names; each parameter of a view is a condition, in which `$` stands for its value.
 */
export type Export =
  | { function: string; parameters: Record<string, Parameter>; orderBy?: string }
  | { view: string; parameters: Record<string, Parameter & { where: string }>; orderBy?: string };

const WINDOW = { since: optional(time), until: optional(time), timeZone: optional(text()) };
const SPAN = { since: time, until: time };
const FILTERS = { agentIds: optional(ids), teamIds: optional(ids), inboxIds: optional(ids) };
const GROUPS = {
  by: optional(oneOf("api.dimension", named("Dimension"))),
  unit: optional(oneOf("api.unit", named("Unit"))),
};
const METRIC = { metric: oneOf("api.metric", named("Metric")) };
const BUSINESS = { business: optional(oneOf("boolean", ["true", "false"])) };

/** The values of an enum, of each of which GraphQL tells what it means. */
function named(type: string): string[] {
  return Object.keys(VALUES[type]!);
}

const only = (parameter: Parameter, where: string) => ({ ...optional(parameter), where });

/** By the names of the fields of GraphQL. */
export const EXPORTS: Record<string, Export> = {
  report: { function: "report", parameters: { ...GROUPS, ...WINDOW, ...FILTERS } },
  percentiles: {
    function: "percentiles",
    parameters: { ...METRIC, ...GROUPS, ...WINDOW, ...FILTERS, ...BUSINESS },
  },
  histogram: { function: "histogram", parameters: { ...METRIC, ...WINDOW, ...FILTERS, ...BUSINESS } },
  heatmap: { function: "heatmap", parameters: { ...METRIC, ...WINDOW, ...FILTERS } },
  backlog: { function: "backlog", parameters: { unit: GROUPS.unit, ...WINDOW, ...FILTERS } },
  serviceLevel: {
    function: "service_level",
    parameters: { withinS: text("integer"), ...GROUPS, ...WINDOW, ...FILTERS },
  },
  reopening: {
    function: "reopening",
    parameters: { within: text("interval"), ...GROUPS, ...WINDOW, ...FILTERS },
  },
  wrapups: { function: "wrapups", parameters: { ...WINDOW, ...FILTERS } },
  dialogsBehind: { function: "dialogs_behind", parameters: { ...METRIC, ...WINDOW, ...FILTERS } },
  concurrency: { function: "concurrency", parameters: { ...SPAN, ...FILTERS } },
  presences: { function: "presences", parameters: { ...SPAN, agentIds: FILTERS.agentIds } },
  liveBoard: { function: "live_board", parameters: FILTERS },
  liveAgents: { function: "live_agents", parameters: FILTERS },
  dialogs: {
    view: "dialogs",
    parameters: {
      startedSince: only(time, "started_at >= $"),
      startedUntil: only(time, "started_at < $"),
      resolvedSince: only(time, "resolved_at >= $"),
      resolvedUntil: only(time, "resolved_at < $"),
      agentIds: only(ids, "assignee_id = any ($)"),
      teamIds: only(ids, "team_id = any ($)"),
      inboxIds: only(ids, "inbox_id = any ($)"),
    },
  },
  turns: {
    view: "turns",
    parameters: {
      repliedSince: only(time, "replied_at >= $"),
      repliedUntil: only(time, "replied_at < $"),
      agentIds: only(ids, "agent_id = any ($)"),
      teamIds: only(ids, "team_id = any ($)"),
      inboxIds: only(ids, "inbox_id = any ($)"),
    },
  },
  ownerships: {
    view: "ownerships",
    parameters: {
      beganSince: only(time, "began_at >= $"),
      beganUntil: only(time, "began_at < $"),
      agentIds: only(ids, "agent_id = any ($)"),
      teamIds: only(ids, "team_id = any ($)"),
      inboxIds: only(ids, "inbox_id = any ($)"),
    },
  },
  accounts: { view: "accounts", parameters: {}, orderBy: "id" },
  agents: { view: "agents", parameters: {}, orderBy: "id" },
  inboxes: { view: "inboxes", parameters: {}, orderBy: "id" },
  teams: { view: "teams", parameters: {}, orderBy: "id" },
};
