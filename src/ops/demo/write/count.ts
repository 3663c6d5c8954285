import type pg from "pg";

/** What is in the tables of schema chat because of an hour; what workers store is not in it. */
export interface Counts {
  conversations: { total: number; open: number; resolved: number; pending: number; snoozed: number };
  dialogs: number;
  messages: number;
  events: number;
  mentions: number;
}

export async function countHour(client: pg.ClientBase, account: number, hour: string): Promise<Counts> {
  const { rows } = await client.query<{ counts: Counts }>(
    `with hour as materialized (
       select c.id, c.status from chat.conversations c
       where c.account_id = $1 and starts_with(c.identifier, $2)
     )
     select json_build_object(
       'conversations', (
         select json_build_object(
           'total', count(*),
           'open', count(*) filter (where h.status = 0),
           'resolved', count(*) filter (where h.status = 1),
           'pending', count(*) filter (where h.status = 2),
           'snoozed', count(*) filter (where h.status = 3))
         from hour h),
       'dialogs', (select count(*) from hour h join chat.dialogs d on d.conversation_id = h.id),
       'messages', (select count(*) from hour h join chat.messages m on m.conversation_id = h.id),
       'events', (select count(*) from hour h join chat.events e on e.conversation_id = h.id),
       'mentions', (select count(*) from hour h join chat.mentions m on m.conversation_id = h.id)
     ) as counts`,
    [account, `${hour}/`],
  );
  return rows[0]!.counts;
}

/** A conversation worth looking at: the one with most dialogs, then with most messages. */
export async function findRichest(
  client: pg.ClientBase,
  account: number,
  hour: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ id: number }>(
    `select c.id from chat.conversations c
     where c.account_id = $1 and starts_with(c.identifier, $2)
     order by
       (select count(*) from chat.dialogs d where d.conversation_id = c.id) desc,
       (select count(*) from chat.messages m where m.conversation_id = c.id) desc,
       c.id
     limit 1`,
    [account, `${hour}/`],
  );
  return rows[0]?.id;
}
