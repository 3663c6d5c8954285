// What each metric counts, told once more: dialog by dialog, from the rows of schema chat, without SQL.
import { type Db, rows } from "../../broker/test-queue.ts";

/** Microseconds since 1970. */
export type Moment = number;

export interface Measurement {
  readonly metric: string;
  readonly at: Moment;
  /** 0: nobody, no team. */
  readonly agent: number;
  readonly team: number;
  readonly inbox: number;
  readonly dialog: number;
  readonly total: number;
  /** The part of it within business hours, of times that are measured so, too. */
  readonly business?: number;
}

/** How much of a time lies within the business hours of an inbox. */
export type BusinessTime = (inbox: number, since: Moment, until: Moment) => Moment;

export interface Raw {
  id: number;
  conversation: number;
  inbox: number;
  team: number | null;
  assignee: number | null;
  startedAt: Moment;
  resolvedAt: Moment | null;
  events: { id: number; name: string; user: number | null; at: Moment }[];
  messages: {
    id: number;
    type: number;
    private: boolean;
    sender: string | null;
    senderId: number | null;
    assigned: number | null;
    automatic: boolean;
    at: Moment;
  }[];
  mentions: { user: number; at: Moment }[];
  rating: { grade: number; at: Moment } | null;
  wrapup: { agent: number; at: Moment } | null;
}

const QUARTER = 15 * 60 * 1_000_000;
const REOPEN_WITHIN = 7 * 24 * 3600 * 1_000_000;
const SHORT_ABANDON = 10 * 1_000_000;
const SATISFIED_FROM = 4;
const STATUSES: Record<string, number> = {
  conversation_open: 0,
  conversation_resolved: 1,
  conversation_pending: 2,
  conversation_snoozed: 3,
};

const ms = (micros: number): number => Math.round(micros / 1000);
const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`;

export async function rawDialogs(db: Db, account: number): Promise<Raw[]> {
  const list = (what: string, from: string) =>
    `coalesce((select jsonb_agg(jsonb_build_object(${what}) order by r.created_at, r.id) from ${from}), '[]')`;
  return rows<Raw>(
    db,
    `select d.id::int, d.conversation_id::int as conversation, d.inbox_id::int as inbox, d.team_id::int as team, d.assignee_id::int as assignee,
       ${micros("d.created_at")} as "startedAt", case when d.status = 1 then ${micros("d.updated_at")} end as "resolvedAt",
       ${list(`'id', r.id, 'name', r.name, 'user', r.user_id, 'at', ${micros("r.created_at")}`, "chat.events r where r.dialog_id = d.id")} as events,
       ${list(
         `'id', r.id, 'type', r.message_type, 'private', r.private, 'sender', r.sender_type, 'senderId', r.sender_id,
          'assigned', (r.additional_attributes ->> 'user_id_assigned')::int,
          'automatic', r.additional_attributes ? 'campaign_id' or r.content_attributes ? 'automation_rule_id',
          'at', ${micros("r.created_at")}`,
         "chat.messages r where r.dialog_id = d.id",
       )} as messages,
       ${list(`'user', r.user_id, 'at', ${micros("r.mentioned_at")}`, "chat.mentions r where r.dialog_id = d.id")} as mentions,
       (select jsonb_build_object('grade', r.rating_grade, 'at', ${micros("r.put_at")}) from chat.ratings r
         where r.account_id = d.account_id and r.chat_number = d.id order by r.put_at desc, r.event_id desc limit 1) as rating,
       (select jsonb_build_object('agent', r.agent_id, 'at', ${micros("r.submitted_at")}) from chat.wrapups r
         where r.account_id = d.account_id and r.chat_number = d.id order by r.put_at desc, r.event_id desc limit 1) as wrapup
     from chat.dialogs d where d.account_id = $1 order by d.created_at, d.id`,
    [account],
  );
}

export function measure(dialogs: Raw[], businessTime: BusinessTime): Measurement[] {
  return dialogs.flatMap((dialog) => {
    const siblings = dialogs.filter(({ conversation }) => conversation === dialog.conversation);
    const place = siblings.indexOf(dialog);
    return measureDialog(dialog, siblings[place - 1], siblings[place + 1], businessTime);
  });
}

function measureDialog(
  dialog: Raw,
  previous: Raw | undefined,
  next: Raw | undefined,
  businessTime: BusinessTime,
): Measurement[] {
  const { startedAt, resolvedAt, assignee } = dialog;
  const end = resolvedAt ?? Number.POSITIVE_INFINITY;
  const measured: Measurement[] = [];
  const count = (metric: string, at: Moment, agent: number | null, total = 0, business?: number) =>
    measured.push({
      ...{
        metric,
        at,
        agent: agent ?? 0,
        team: dialog.team ?? 0,
        inbox: dialog.inbox,
        dialog: dialog.id,
        total,
        ...(business !== undefined && { business }),
      },
    });
  /** A time that ends when it is counted, or has been over before it began. */
  const time = (metric: string, at: Moment, agent: number | null, since: Moment) =>
    count(metric, at, agent, ms(Math.max(0, at - since)), ms(businessTime(dialog.inbox, since, at)));

  // The course of the dialog: spans of one status and one owner.
  const events = dialog.events.filter(
    ({ name, at }) => (name in STATUSES || name === "conversation_assigned") && at >= startedAt && at <= end,
  );
  const spans = events.map(({ name, user, at }, index) => ({
    at,
    user,
    status: STATUSES[events.slice(0, index + 1).findLast((event) => event.name in STATUSES)?.name ?? ""],
    name,
    length: (events[index + 1]?.at ?? resolvedAt ?? Number.NaN) - at,
  }));
  const lasting = (...wanted: number[]) =>
    ms(
      sum(
        spans
          .filter(({ status, length }) => wanted.includes(status!) && length > 0)
          .map(({ length }) => length),
      ),
    );
  const firstOpen = spans.find(({ name }) => name === "conversation_open")?.at;
  const first = spans.find(({ user }) => user !== null);

  const ownerships: { agent: number; previous: number | null; from: Moment; to: Moment; handled: number }[] =
    [];
  spans.forEach((span, index) => {
    const before = spans[index - 1]?.user ?? null;
    if (span.user === null) return;
    if (index === 0 || before !== span.user)
      ownerships.push({ agent: span.user, previous: before, from: span.at, to: end, handled: 0 });
    const own = ownerships.at(-1)!;
    if (spans[index + 1] && spans[index + 1]!.user !== span.user) own.to = spans[index + 1]!.at;
    if (span.status === 0 && span.length > 0) own.handled += span.length;
  });

  // What was said.
  const said = dialog.messages
    .filter(({ type }) => type !== 2)
    .map((message) => ({
      ...message,
      agent: message.sender === "User" ? (message.senderId ?? message.assigned) : null,
      isCustomers: message.type === 0 && !message.private,
      isReply: message.type === 1 && !message.private && message.sender === "User" && !message.automatic,
      isBots:
        !message.private && (message.type === 3 || (message.type === 1 && message.sender === "AgentBot")),
    }));
  const inTime = said.filter(({ at }) => at <= end);
  const wrote = inTime.find(({ isCustomers }) => isCustomers);
  const reply = inTime.find(({ isReply }) => isReply);
  const turns: { since: Moment; repliedAt?: Moment; agent?: number | null }[] = [];
  for (const message of inTime) {
    const open = turns.at(-1)?.repliedAt === undefined ? turns.at(-1) : undefined;
    if (message.isCustomers && !open) turns.push({ since: message.at });
    if (message.isReply && open) Object.assign(open, { repliedAt: message.at, agent: message.agent });
  }
  const slot = (at: Moment) => Math.floor(at / QUARTER) * QUARTER;
  for (const message of said) {
    if (message.isCustomers) count("messages_received", slot(message.at), message.assigned);
    if (message.type === 1 && !message.private) count("messages_sent", slot(message.at), message.assigned);
    if (message.isReply) count("replies_sent", slot(message.at), message.agent);
    if (message.private) count("notes", slot(message.at), message.agent);
  }
  for (const { user, at } of dialog.mentions) count("mentions", slot(at), user);

  const by = first?.user ?? null;
  count("dialogs_started", startedAt, by);
  if (firstOpen !== undefined) {
    count("offered", firstOpen, by);
    if (firstOpen > startedAt) count("handed_off", firstOpen, by, ms(firstOpen - startedAt));
    if (first) {
      const at = Math.max(first.at, firstOpen);
      time("queue_wait", at, by, firstOpen);
    }
  }
  if (reply) {
    if (wrote) time("first_response", reply.at, reply.agent, startedAt);
    if (wrote && firstOpen !== undefined) time("first_response_human", reply.at, reply.agent, firstOpen);
    if (!wrote) count("outbound", reply.at, reply.agent);
  }
  for (const { repliedAt, since, agent } of turns)
    if (repliedAt !== undefined) time("reply_time", repliedAt, agent!, since);
  for (const own of ownerships) {
    const answer = inTime.find(
      ({ isReply, agent, at }) => isReply && agent === own.agent && at >= own.from && at < own.to,
    );
    if (answer) count("first_response_agent", answer.at, own.agent, ms(answer.at - own.from));
    if (own.previous !== null) {
      count("transfers_out", own.from, own.previous);
      count("transfers_in", own.from, own.agent);
    }
  }
  if (dialog.rating) {
    count("ratings", dialog.rating.at, assignee, dialog.rating.grade);
    if (dialog.rating.grade >= SATISFIED_FROM) count("satisfied", dialog.rating.at, assignee);
  }
  if (dialog.wrapup) count("wrapups", dialog.wrapup.at, dialog.wrapup.agent);
  if (resolvedAt === null) return measured;

  const resolved = (metric: string, counts: boolean, total = 0) =>
    counts && count(metric, resolvedAt, assignee, total);
  const owners = new Set(ownerships.map(({ agent }) => agent));
  const handled = (agent?: number) =>
    sum(ownerships.filter((own) => agent === undefined || own.agent === agent).map((own) => ms(own.handled)));
  const isReopened = next !== undefined && next.startedAt < resolvedAt + REOPEN_WITHIN;
  const isAbandoned = firstOpen !== undefined && wrote !== undefined && reply === undefined;
  const replies = inTime.filter(({ isReply }) => isReply).length;
  time("resolution", resolvedAt, assignee, startedAt);
  resolved("active_resolution", true, lasting(0));
  resolved("bot_time", lasting(2) > 0, lasting(2));
  resolved("snoozed_time", lasting(3) > 0, lasting(3));
  resolved("assigned_to_resolved", first !== undefined, ms(resolvedAt - (first?.at ?? 0)));
  resolved(
    "customer_waiting",
    turns.length > 0,
    sum(turns.map(({ since, repliedAt }) => ms((repliedAt ?? resolvedAt) - since))),
  );
  resolved("reopened", isReopened);
  resolved(
    "first_contact_resolution",
    owners.size === 1 &&
      ownerships.every(({ previous: from }) => from === null) &&
      !isReopened &&
      (previous?.resolvedAt == null || startedAt >= previous.resolvedAt + REOPEN_WITHIN),
  );
  resolved("bot_contained", replies === 0 && inTime.some(({ isBots }) => isBots));
  resolved("abandoned", isAbandoned);
  resolved("short_abandoned", isAbandoned && resolvedAt - firstOpen! < SHORT_ABANDON);
  resolved(
    "dropped",
    turns.some(({ repliedAt }) => repliedAt === undefined),
  );
  resolved("dialogs_handled", handled() > 0, handled());
  resolved("replies_to_resolve", true, replies);
  resolved(
    "messages_to_resolve",
    true,
    replies + inTime.filter((said) => said.isCustomers || said.isBots).length,
  );
  for (const agent of owners) if (handled(agent) > 0) count("handle_time", resolvedAt, agent, handled(agent));
  return measured;
}
