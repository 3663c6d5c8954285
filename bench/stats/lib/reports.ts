import type { Data } from "./data.ts";
import type { Query } from "./graphql.ts";

/** What a report is about, both at midnights of the account. */
export interface Window {
  since: Date;
  until: Date;
}

export type Report = (window: Window) => Query;

/** Windows of so many days, each ending a day earlier than the one before. */
export async function windowsOf(
  { pool, largest, until }: Data,
  days: number,
  count: number,
): Promise<Window[]> {
  const { rows } = await pool.query<Window>(
    `select
       (d.last - make_interval(days => $3 + n)) at time zone s.time_zone as since,
       (d.last - make_interval(days => n)) at time zone s.time_zone as until
     from stats.settings s
     cross join lateral (select date_trunc('day', $2::timestamptz at time zone s.time_zone) as last) d
     cross join generate_series(0, $4::integer - 1) n
     where s.account_id = $1
     order by n`,
    [largest, new Date(until), days, count],
  );
  return rows;
}

/** What a table of a dashboard shows of each row. */
const NUMBERS = `periodStart id name dialogsStarted resolutions resolutionSMean firstResponses firstResponseSMean replyTimeSMean
  queueWaitSMean averageHandleTimeS reopenRate transfersIn transfersOut messagesReceived repliesSent ratings ratingMean`;

/** The most rows that the server gives at once. */
const PAGE = 1000;

/** A query of one field in a window. */
const asked =
  (field: string, args: string, selection: string): Report =>
  (window) => ({
    query: `query ($since: Datetime!, $until: Datetime!) {
      ${field}(since: $since, until: $until, first: ${PAGE} ${args}) { nodes { ${selection} } }
    }`,
    variables: { ...window },
  });

const LIVE_BOARD: Report = () => ({
  query: `{
    liveBoard(first: 1) { nodes { open pending snoozed unassigned unanswered longestWaitingSince } }
    liveAgents(first: ${PAGE}) { nodes { id name open snoozed unanswered longestWaitingSince } }
  }`,
});

/** What a page of a list of dialogs shows. */
const DIALOG = `id conversationId startedAt resolvedAt assigneeId teamId inboxId firstResponseS resolutionS queueWaitS handleS transfers
  isReopened rating`;

/** The reports of a dashboard, by what they are called in the figures. */
export const REPORTS: Record<string, Report> = {
  "report by account and day": asked("report", "by: account, unit: day", NUMBERS),
  "report by agent and day": asked("report", "by: agent, unit: day", NUMBERS),
  "report by team and day": asked("report", "by: team, unit: day", NUMBERS),
  "report by inbox and day": asked("report", "by: inbox, unit: day", NUMBERS),
  "percentiles of first responses by agent": asked(
    "percentiles",
    "metric: first_response, by: agent",
    "id name n meanS p50S p90S p99S",
  ),
  heatmap: asked("heatmap", "metric: dialogs_started", "isodow hour n"),
  "backlog by day": asked("backlog", "unit: day", "periodStart started resolved unresolved"),
  "service level by day": asked(
    "serviceLevel",
    "withinS: 60, unit: day",
    "periodStart offered answered answeredWithin abandoned serviceLevel",
  ),
  "concurrency of agents": asked(
    "concurrency",
    "",
    "agentId agentName dialogs handledS concurrency peak peakAt occupancy",
  ),
  "live board": LIVE_BOARD,
  "page of 20 dialogs": (window) => ({
    query: `query ($since: Datetime!, $until: Datetime!) {
      dialogs(
        first: 20, orderBy: STARTED_AT_DESC,
        filter: { startedAt: { greaterThanOrEqualTo: $since, lessThan: $until } }
      ) { nodes { ${DIALOG} } }
    }`,
    variables: { ...window },
  }),
};

/** More rows than a page has: windows of two months each, in one request. */
export const AGENT_DAYS: Report = ({ since, until }) => {
  const months = 6;
  const days = Math.round((until.getTime() - since.getTime()) / 86_400_000);
  // Midnights in another zone than the account's would do as well; so would any full quarter of an hour.
  const bounds = Array.from(
    { length: months + 1 },
    (_, n) => new Date(since.getTime() + Math.round((days * n) / months) * 86_400_000),
  );
  const windows = bounds.slice(1).map(
    (end, n) => `w${n}: report(
    by: agent, unit: day, since: "${bounds[n]!.toISOString()}", until: "${end.toISOString()}", first: ${PAGE}
  ) { nodes { ${NUMBERS} } }`,
  );
  return { query: `{ ${windows.join("\n")} }` };
};

/** What is asked for often. */
export const SMALL_REPORTS: Record<string, (data: Data) => Promise<Report>> = {
  "report of one day": async () => asked("report", "by: account", NUMBERS),
  "live board": async () => LIVE_BOARD,
  "one dialog": async ({ pool, largest }) => {
    const { rows } = await pool.query<{ id: number }>(
      "select id from chat.dialogs where account_id = $1 order by random() limit 1000",
      [largest],
    );
    let n = 0;
    return () => ({
      query: `query ($id: BigInt!) { dialog(id: $id) { ${DIALOG} } }`,
      variables: { id: rows[n++ % rows.length]!.id },
    });
  },
};
