import type pg from "pg";

/** Has so many dialogs of an account wait to be summed: their customers write once more. Returns how many they are. */
export async function makeStale(pool: pg.Pool, account: number, dialogs: number): Promise<number> {
  const { rowCount } = await pool.query(
    `insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id)
     select c.id, 'And thank you', 0, 'Contact', c.contact_id
     from (
       select id, contact_id from chat.conversations where account_id = $1 order by random() limit $2
     ) c
     order by c.id`,
    [account, dialogs],
  );
  return rowCount!;
}
