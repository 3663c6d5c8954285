import type pg from "pg";
import { type Document, example } from "./deliver.ts";
import { corrected, withCanonicalTimes } from "./seed-classes.ts";
import { canonicalTime, toMembers } from "./stored.ts";

/** Where an event goes: its table, the member that lists what becomes rows of it, columns with other names. */
type Tables = {
  table: string;
  list?: string;
  members?: Record<string, string>;
  parts?: Record<string, { table: string; members: Record<string, string> }>;
};

const CHAT_REPLIES: Tables = {
  table: "chat_replies",
  members: { chat_guid: "ChatId", content: "Message", replied_at: "Time" },
};
const AUTO_INVITATION_COUNTS: Tables = {
  table: "auto_invitation_counts",
  list: "Logs",
  members: {
    sent_count: "SentNumber",
    accepted_count: "AcceptNumber",
    refused_count: "RefuseNumber",
    counted_at: "Time",
  },
};

export const EVENT_TABLES: Record<string, Tables> = {
  "chat.queued": {
    table: "queue_positions",
    list: "Messages",
    members: { team_id: "DepartmentId", logged_at: "LogTime" },
  },
  "chat.started": {
    table: "chat_starts",
    members: { chat_guid: "ChatId", team_id: "DepartmentId", started_at: "StartTime" },
  },
  "chat.visitor.replied": CHAT_REPLIES,
  "chat.agent.replied": CHAT_REPLIES,
  "visitor.landed": { table: "visits" },
  "visitor.conversion.achieved": {
    table: "conversions",
    list: "Logs",
    members: {
      log_id: "Id",
      chat_number: "ChatId",
      team_id: "DepartmentId",
      agent_id: "RelatedOperatorId",
      achieved_at: "CreateTime",
      current_chat_number: "CurrentChatId",
      current_team_id: "CurrentDepartmentId",
    },
  },
  "ban.added": { table: "bans" },
  "offlineMessage.submitted": {
    table: "offline_messages",
    members: { source_chat_guid: "SourceChatId", segment_ids: "Segments" },
    parts: {
      CustomFields: { table: "offline_message_custom_fields", members: { field_id: "Id" } },
      CustomVariables: { table: "offline_message_custom_variables", members: { variable_id: "Id" } },
    },
  },
  "agent.status.changed": { table: "agent_status_changes", members: { changed_at: "Time" } },
  "agent.preference.changed": {
    table: "agent_preferences",
    parts: {
      Columns: {
        table: "agent_preference_columns natural join chat.agent_preferences",
        members: { column_code: "EnumColumn" },
      },
    },
  },
  "agentChat.replied": { table: "agent_messages", list: "Messages", members: { sent_at: "Time" } },
  "cannedMessage.used": {
    table: "canned_message_uses",
    members: { chat_number: "ChatId", used_at: "Time" },
  },
  "autoInvitation.sent": AUTO_INVITATION_COUNTS,
  "autoInvitation.accepted": AUTO_INVITATION_COUNTS,
  "autoInvitation.refused": AUTO_INVITATION_COUNTS,
  "manualInvitation.logged": { table: "manual_invitations", list: "Logs" },
};

/** The classes of the source document that go there, with their members as printed. */
export const EVENT_CLASSES: Record<string, { event: string; list?: string; members: string }> = {
  ChatQueueLogs: { event: "chat.queued", members: "SiteId Messages" },
  ChatQueueLog: { event: "chat.queued", list: "Messages", members: "DepartmentId NumberOfQueue LogTime" },
  VisitLog: { event: "visitor.landed", members: "SiteId CampainId VisitCount" },
  ConversionLogs: { event: "visitor.conversion.achieved", members: "SiteId Logs" },
  ConversionLog: {
    event: "visitor.conversion.achieved",
    list: "Logs",
    members: `Id ConversionId ConversionName VisitorId CookIdenitityId ChatId DepartmentId RelatedOperatorId AppendInfo
      ConversionValue CreateTime HasAddToDatabase CurrentChatId CurrentDepartmentId ConversionAccelerateType`,
  },
  Ban: {
    event: "ban.added",
    members: "SiteId AgentId BanType IpFromOrVisitorId IpTo Comment OperatorId",
  },
  OfflineMessage: {
    event: "offlineMessage.submitted",
    members: `visitorId VisitorName VisitorEmail VisitorCompany VisitorPhone City Country TimeZone Language SiteId SessionId
      SourceChatId CampainId TicketId RouteToId RouteToType ChatSource RequestPageTitle RequestPageUrl AutoInvitationId
      ProductService Segments AttachmentName AttachmentContent CustomFields CustomVariables Title Content`,
  },
  AgentStatusLog: { event: "agent.status.changed", members: "SiteId AgentId Stauts Time" },
  SavePreference: { event: "agent.preference.changed", members: "SiteId AgentId Columns" },
  Column: {
    event: "agent.preference.changed",
    list: "Columns",
    members: "EnumColumn IfVisible Width CustomVariableId",
  },
  PrivateMessageLogs: { event: "agentChat.replied", members: "SiteId Messages" },
  PrivateMessageLog: {
    event: "agentChat.replied",
    list: "Messages",
    members: "FromAgentId ToAgentId Time Content AttachmentGuid",
  },
  CannedMessage: { event: "cannedMessage.used", members: "SiteId ChatId AgentId CannedMessgeId Time" },
  AutoInvitationLogs: { event: "autoInvitation.sent", members: "SiteId Logs" },
  AutoInvitationLog: {
    event: "autoInvitation.sent",
    list: "Logs",
    members: "CampainId InvitaionId SetNumber AcceptNumber RefuseNumber Time",
  },
  ManualInvitationLogs: { event: "manualInvitation.logged", members: "SiteId Logs" },
  ManualInvitationLog: {
    event: "manualInvitation.logged",
    list: "Logs",
    members: "AgentId Status TranscriptType TranscriptId Message",
  },
};

/** What the tables hold of an event, in the members of the source document with corrected spelling. */
export async function storedEvent(
  pool: pg.Pool,
  { id, name }: { id: number; name: string },
): Promise<Document> {
  const { table, list, members = {}, parts = {} } = EVENT_TABLES[name]!;
  const rows = await rowsOf(pool, table, id, { account_id: "SiteId", ...members });
  if (list !== undefined) {
    return { SiteId: rows[0]?.SiteId, [list]: rows.map(({ SiteId: _ofAll, ...element }) => element) };
  }
  const lists = Object.entries(parts).map(async ([member, part]) => [
    member,
    await rowsOf(pool, part.table, id, part.members, ["account_id", "agent_id"]),
  ]);
  return { ...rows[0], ...Object.fromEntries(await Promise.all(lists)) };
}

/** Keys, numbering and what the event's name says. */
const OWN_COLUMNS = ["event_id", "put_at", "position", "kind", "sender_type", "data"];

async function rowsOf(
  pool: pg.Pool,
  table: string,
  eventId: number,
  members: Record<string, string>,
  keys: readonly string[] = [],
): Promise<Document[]> {
  const { rows } = await pool.query(
    `select to_jsonb(t) - $2::text[] as columns from (select * from chat.${table}) t
     where event_id = $1 order by to_jsonb(t) -> 'position'`,
    [eventId, [...OWN_COLUMNS, ...keys]],
  );
  return rows.map(({ columns }) => known(inBase64(toMembers(columns, members))) as Document);
}

function inBase64(row: Document): Document {
  const { AttachmentContent: bytes } = row;
  if (typeof bytes !== "string") return row;
  return { ...row, AttachmentContent: Buffer.from(bytes.slice(2), "hex").toString("base64") };
}

/** The example of an event as its tables are to give it back. */
export function expectedOf(name: string): unknown {
  return known(withCanonicalTimes(corrected(example(name)), canonicalTime));
}

/** Without the members that are null, and the ids of nothing, which are 0 or empty in .NET. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(known);
  if (typeof value !== "object" || value === null) return value;
  const isKnown = ([member, content]: [string, unknown]) =>
    content !== null && !(/(Id|Guid)$/.test(member) && (content === 0 || content === ""));
  return Object.fromEntries(
    Object.entries(value)
      .filter(isKnown)
      .map(([member, content]) => [member, known(content)]),
  );
}
