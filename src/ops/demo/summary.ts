import { countOf } from "../output.ts";
import type { Counts } from "./write/count.ts";

/** What `parley demo` answers. */
export interface Summary {
  account: { id: number; name: string };
  seed: number;
  from: Date;
  until: Date;
  /** Whether this run wrote the whole hour, the rest of it, nothing, or was stopped. */
  outcome: "written" | "completed" | "there already" | "interrupted";
  inTables: Counts;
  /** Events of the hour that were put as such, by name; conversations put more by themselves. */
  put: Record<string, number>;
  look: string[];
}

/** Where to look at the hour. */
export function whereToLook(account: number, conversation: number | undefined): string[] {
  const psql = (query: string) => `psql "$(./parley url)" -c "${query}"`;
  return [
    psql(
      `select status, assignee_id, count(*) from chat.conversations where account_id = ${account} and status <> 1 group by 1, 2 order by 1, 2`,
    ),
    ...(conversation === undefined
      ? []
      : [
          psql(
            `select created_at, sender_type, private, content from chat.messages where conversation_id = ${conversation} order by created_at`,
          ),
          psql(
            `select created_at, name, user_id, dialog_id from chat.events where conversation_id = ${conversation} order by created_at`,
          ),
        ]),
    psql(
      `set parley.account_id = ${account}; select name, dialogs_started, first_response_s_mean, resolutions, rating_mean from api.report(by => 'agent')`,
    ),
    psql(
      `select dialog_id, rating_grade, rating_comment from chat.chat_ratings where account_id = ${account} order by dialog_id`,
    ),
    "./parley events --since 1h",
    `./parley token --role analyst --account ${account}`,
  ];
}

export function describeSummary(summary: Summary): string {
  const { account, inTables, put, look } = summary;
  const { conversations } = inTables;
  const events = Object.values(put).reduce((sum, count) => sum + count, 0);
  return [
    headline(summary),
    "",
    `  in the tables  ${countOf(conversations.total, "conversation")} (${conversations.open} open, ` +
      `${conversations.pending} pending, ${conversations.snoozed} snoozed, ${conversations.resolved} resolved),`,
    `                 ${countOf(inTables.dialogs, "dialog")}, ${countOf(inTables.messages, "message")}, ` +
      `${countOf(inTables.events, "event")} of theirs, ${countOf(inTables.mentions, "mention")}`,
    `  put            ${countOf(events, "event")}: ${countOf(put["chat.rating.submitted"] ?? 0, "rating")}, ` +
      `${countOf(put["chat.wrapup.submitted"] ?? 0, "wrap-up")}, ${countOf(put["chat.ended"] ?? 0, "whole chat")} and others;`,
    "                 conversations put chat.* events of their own",
    "",
    "What was put is stored by the worker: keep `npm start` running, or run ./parley work --once.",
    `Where to look (account ${account.id}):`,
    "",
    ...look.map((command) => `  ${command}`),
  ].join("\n");
}

function headline({ outcome, seed, account, from, until }: Summary): string {
  const hour = `the hour of seed ${seed}, ${from.toISOString()} to ${until.toISOString()}`;
  switch (outcome) {
    case "written":
      return `"${account.name}" has ${hour}.`;
    case "completed":
      return `"${account.name}" now has all of ${hour}.`;
    case "there already":
      return `"${account.name}" has ${hour}, already: nothing was changed. Another --seed adds another hour.`;
    case "interrupted":
      return `Stopped: "${account.name}" has a part of ${hour}. Run the same command again for the rest.`;
  }
}
