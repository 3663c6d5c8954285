import type { Client } from "pg";

/** Microseconds since 1970. */
type Moment = number;

interface Dialog {
  id: number;
  conversation: number;
  inbox: number;
  team: number | null;
  assignee: number | null;
  resolved: boolean;
  start: Moment;
  end: Moment;
}
interface Happening {
  id: number;
  name: string;
  user: number | null;
  at: Moment;
}
interface Message {
  id: number;
  at: Moment;
  type: number;
  private: boolean;
  by: string | null;
  sender: number | null;
  assignee: number | null;
  automatic: boolean;
}
interface Measurement {
  metric: string;
  at: Moment;
  agent?: number | null;
  total?: number;
  business?: number;
  n?: number;
}
export type Sum = { n: number; total: number; business: number };
/** By "dimension slot id metric". */
export type Sums = Map<string, Sum>;

const QUARTER = 900_000_000;
const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

const ms = (microseconds: Moment) => Math.round(microseconds / 1000);
const at = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

/**
 * What the metrics of account 1 are by docs/statistics.md, read from the rows of schema chat and told dialog by dialog, row by
 * row, in the plainest way: nothing of it is shared with sql/stats. Default settings, no calendars.
 */
export async function recount(client: Client): Promise<Sums> {
  const rows = async <T>(sql: string): Promise<T[]> => {
    const { fields, rows } = await client.query(sql);
    // bigint comes as text.
    for (const { name, dataTypeID } of fields)
      if (dataTypeID === 20)
        for (const row of rows) row[name] = row[name] === null ? null : Number(row[name]);
    return rows;
  };
  const dialogs = await rows<Dialog>(
    `select id, conversation_id as conversation, inbox_id as inbox, team_id as team, assignee_id as assignee,
       status = 1 as resolved, ${at("created_at")} as start, ${at("updated_at")} as end
     from chat.dialogs where account_id = 1`,
  );
  const happenings = await rows<Happening & { dialog: number }>(
    `select id, dialog_id as dialog, name, user_id as user, ${at("created_at")} as at from chat.events where account_id = 1`,
  );
  const messages = await rows<Message & { dialog: number }>(
    `select id, dialog_id as dialog, ${at("created_at")} as at, message_type as type, private, sender_type as by, sender_id as sender,
       (additional_attributes ->> 'user_id_assigned')::bigint as assignee,
       additional_attributes ? 'campaign_id' or content_attributes ? 'automation_rule_id' as automatic
     from chat.messages where account_id = 1`,
  );
  const mentions = await rows<{ dialog: number; user: number; at: Moment }>(
    `select dialog_id as dialog, user_id as user, ${at("mentioned_at")} as at from chat.mentions where account_id = 1`,
  );
  const ratings = await rows<{ dialog: number; grade: number; at: Moment }>(
    `select dialog_id as dialog, rating_grade as grade, ${at("put_at")} as at from chat.chat_ratings
     where account_id = 1 order by put_at, event_id`,
  );
  const wrapups = await rows<{ dialog: number; agent: number; at: Moment }>(
    `select dialog_id as dialog, agent_id as agent, ${at("submitted_at")} as at from chat.chat_wrapups
     where account_id = 1 order by put_at, event_id`,
  );

  const sums: Sums = new Map();
  const of = <T extends { dialog: number }>(all: T[], { id }: Dialog) =>
    all.filter(({ dialog }) => dialog === id);
  for (const dialog of dialogs) {
    const siblings = dialogs.filter(({ conversation }) => conversation === dialog.conversation);
    const previous = siblings
      .filter(({ start }) => start < dialog.start)
      .sort((a, b) => b.start - a.start)[0];
    const next = siblings.filter(({ start }) => start > dialog.start).sort((a, b) => a.start - b.start)[0];
    const measured = [
      ...measureCourse(dialog, of(happenings, dialog), of(messages, dialog), previous, next),
      ...of(mentions, dialog).map(({ user, at }) => ({ metric: "mentions", at, agent: user })),
    ];
    const rating = of(ratings, dialog).at(-1);
    if (rating) {
      measured.push({ metric: "ratings", at: rating.at, agent: dialog.assignee, total: rating.grade });
      if (rating.grade >= 4) measured.push({ metric: "satisfied", at: rating.at, agent: dialog.assignee });
    }
    const wrapup = of(wrapups, dialog).at(-1);
    if (wrapup) measured.push({ metric: "wrapups", at: wrapup.at, agent: wrapup.agent });
    for (const one of measured) add(sums, dialog, one);
  }
  return sums;
}

function add(
  sums: Sums,
  dialog: Dialog,
  { metric, at, agent, n = 1, total = 0, business = 0 }: Measurement,
): void {
  const slot = Math.floor(at / QUARTER) * QUARTER;
  for (const [dimension, id] of Object.entries({
    account: 0,
    agent: agent ?? 0,
    team: dialog.team ?? 0,
    inbox: dialog.inbox,
  })) {
    const key = `${dimension} ${slot} ${id} ${metric}`;
    const sum = sums.get(key) ?? { n: 0, total: 0, business: 0 };
    sums.set(key, { n: sum.n + n, total: sum.total + total, business: sum.business + business });
  }
}

const STATES: Record<string, string> = {
  conversation_open: "open",
  conversation_pending: "bot",
  conversation_snoozed: "snoozed",
  conversation_resolved: "resolved",
};

function measureCourse(
  dialog: Dialog,
  happenings: Happening[],
  messages: Message[],
  previous: Dialog | undefined,
  next: Dialog | undefined,
): Measurement[] {
  const measured: Measurement[] = [];
  const end = dialog.resolved ? dialog.end : Number.POSITIVE_INFINITY;
  const inOrder = <T extends { at: Moment; id: number }>(rows: T[]) =>
    rows.sort((a, b) => a.at - b.at || a.id - b.id);

  // Who had it, and in which state: from one event to the next.
  let state: string | undefined;
  let owner: number | null = null;
  let since = dialog.start;
  let firstOpen: Moment | undefined;
  let firstAssigned: Moment | undefined;
  let firstAssignee: number | null = null;
  const spent: Record<string, Moment> = { open: 0, bot: 0, snoozed: 0 };
  const owners: { agent: number; from: Moment; to: Moment; handled: Moment }[] = [];
  const pass = (now: Moment) => {
    if (state !== undefined && state in spent) spent[state]! += now - since;
    if (owner !== null && state === "open") owners.at(-1)!.handled += now - since;
    since = now;
  };
  for (const { name, user, at } of inOrder(
    happenings.filter(
      ({ name, at }) =>
        (name in STATES || name === "conversation_assigned") && at >= dialog.start && at <= end,
    ),
  )) {
    pass(at);
    if (name in STATES) {
      state = STATES[name]!;
      if (state === "open") firstOpen ??= at;
    }
    if (user === owner) continue;
    if (owner !== null) owners.at(-1)!.to = at;
    if (user !== null) {
      if (firstAssigned === undefined) {
        firstAssigned = at;
        firstAssignee = user;
      }
      if (owner !== null) {
        measured.push(
          { metric: "transfers_out", at, agent: owner },
          { metric: "transfers_in", at, agent: user },
        );
      }
      owners.push({ agent: user, from: at, to: end, handled: 0 });
    }
    owner = user;
  }
  if (dialog.resolved) pass(end);
  const transfers = measured.length / 2;

  measured.push({ metric: "dialogs_started", at: dialog.start, agent: firstAssignee });
  if (firstOpen !== undefined) {
    measured.push({ metric: "offered", at: firstOpen, agent: firstAssignee });
    if (firstOpen > dialog.start) {
      measured.push({
        metric: "handed_off",
        at: firstOpen,
        agent: firstAssignee,
        total: ms(firstOpen - dialog.start),
      });
    }
    if (firstAssigned !== undefined) {
      const until = Math.max(firstOpen, firstAssigned);
      const wait = ms(until - firstOpen);
      measured.push({ metric: "queue_wait", at: until, agent: firstAssignee, total: wait, business: wait });
    }
  }

  // What was said.
  let waiting: Moment | undefined;
  let waited = 0;
  let turns = 0;
  let firstCustomer: Moment | undefined;
  let firstReply: Moment | undefined;
  let firstReplier: number | null = null;
  let received = 0;
  let replies = 0;
  let bots = 0;
  const ownReplies = new Map<object, Moment>();
  for (const message of inOrder(messages)) {
    const { at, type, assignee } = message;
    const person = message.by === "User" ? (message.sender ?? assignee) : null;
    const isCustomers = type === 0 && !message.private;
    const isReply = type === 1 && !message.private && message.by === "User" && !message.automatic;
    if (isCustomers) measured.push({ metric: "messages_received", at, agent: assignee });
    if (type === 1 && !message.private) measured.push({ metric: "messages_sent", at, agent: assignee });
    if (isReply) measured.push({ metric: "replies_sent", at, agent: person });
    if (message.private && type !== 2) measured.push({ metric: "notes", at, agent: person });
    if (at > end) continue;
    if (isCustomers) {
      received += 1;
      firstCustomer ??= at;
      if (waiting === undefined) {
        waiting = at;
        turns += 1;
      }
    } else if (isReply) {
      replies += 1;
      if (firstReply === undefined) {
        firstReply = at;
        firstReplier = person;
      }
      if (waiting !== undefined) {
        const wait = ms(at - waiting);
        measured.push({ metric: "reply_time", at, agent: person, total: wait, business: wait });
        waited += wait;
        waiting = undefined;
      }
      const own = owners.find(({ agent, from, to }) => agent === person && at >= from && at < to);
      if (own && !ownReplies.has(own)) {
        ownReplies.set(own, at);
        measured.push({ metric: "first_response_agent", at, agent: person, total: ms(at - own.from) });
      }
    } else if (!message.private && (type === 3 || (type === 1 && message.by === "AgentBot"))) {
      bots += 1;
    }
  }
  if (firstReply !== undefined) {
    const credit = { at: firstReply, agent: firstReplier };
    if (firstCustomer === undefined) measured.push({ metric: "outbound", ...credit });
    else {
      const wait = ms(Math.max(0, firstReply - dialog.start));
      measured.push({ metric: "first_response", ...credit, total: wait, business: wait });
      if (firstOpen !== undefined) {
        const human = ms(Math.max(0, firstReply - firstOpen));
        measured.push({ metric: "first_response_human", ...credit, total: human, business: human });
      }
    }
  }
  if (!dialog.resolved) return measured;

  // How it ended.
  const resolved = (metric: string, total = 0, business = 0) =>
    measured.push({ metric, at: end, agent: dialog.assignee, total, business });
  resolved("resolution", ms(end - dialog.start), ms(end - dialog.start));
  resolved("active_resolution", ms(spent.open!));
  if (ms(spent.bot!) > 0) resolved("bot_time", ms(spent.bot!));
  if (ms(spent.snoozed!) > 0) resolved("snoozed_time", ms(spent.snoozed!));
  if (firstAssigned !== undefined) resolved("assigned_to_resolved", ms(end - firstAssigned));
  if (waiting !== undefined) waited += ms(end - waiting);
  if (turns > 0) resolved("customer_waiting", waited);
  resolved("replies_to_resolve", replies);
  resolved("messages_to_resolve", received + replies + bots);
  const handled = new Map<number, number>();
  for (const { agent, handled: time } of owners) handled.set(agent, (handled.get(agent) ?? 0) + ms(time));
  for (const [agent, total] of handled) {
    if (total > 0) measured.push({ metric: "handle_time", at: end, agent, total });
  }
  const all = [...handled.values()].reduce((sum, time) => sum + time, 0);
  if (all > 0) resolved("dialogs_handled", all);
  const isReopened = next !== undefined && next.start < end + 7 * DAY;
  const isFirst = previous === undefined || !previous.resolved || dialog.start >= previous.end + 7 * DAY;
  if (isReopened) resolved("reopened");
  if (handled.size === 1 && transfers === 0 && !isReopened && isFirst) resolved("first_contact_resolution");
  if (bots > 0 && replies === 0) resolved("bot_contained");
  if (firstOpen !== undefined && firstCustomer !== undefined && firstReply === undefined) {
    resolved("abandoned");
    if (end - firstOpen < 10 * SECOND) resolved("short_abandoned");
  }
  if (waiting !== undefined) resolved("dropped");
  return measured;
}
