/** The column of api.report that counts a metric, and the one that adds up what it measured. */
export interface Columns {
  readonly count: string;
  readonly total?: string;
  /** How much of what is measured is one of the column. */
  readonly per: number;
}

const COUNTS: Record<string, string> = {
  queue_wait: "queue_waits",
  first_response: "first_responses",
  first_response_human: "first_responses_human",
  first_response_agent: "first_responses_agent",
  reply_time: "reply_times",
  resolution: "resolutions",
  active_resolution: "active_resolutions",
  bot_time: "bot_times",
  snoozed_time: "snoozed_times",
  customer_waiting: "customer_waitings",
  first_contact_resolution: "first_contact_resolutions",
  handle_time: "handle_times",
  replies_to_resolve: "resolutions",
  messages_to_resolve: "resolutions",
};
const WITHOUT_TIMES = [
  ..."dialogs_started offered outbound reopened first_contact_resolution bot_contained abandoned".split(" "),
  ..."short_abandoned dropped transfers_in transfers_out messages_received messages_sent".split(" "),
  ..."replies_sent notes mentions satisfied wrapups".split(" "),
];

export function columnsOf(metric: string): Columns {
  const count = COUNTS[metric] ?? metric;
  if (WITHOUT_TIMES.includes(metric)) return { count, per: 1 };
  if (metric === "ratings") return { count, total: "rating_sum", per: 1 };
  return metric.endsWith("_to_resolve")
    ? { count, total: `${metric}_sum`, per: 1 }
    : { count, total: `${metric}_s_sum`, per: 1000 };
}
