import type { Client } from "pg";

/** Ends a chat in the application's own table and tells the world, both or neither. */
export async function endChat(client: Client, chat: { ChatId: string; SiteId: number }): Promise<number> {
  await client.query("begin");
  try {
    await client.query("update live_chats set ended_at = now() where id = $1", [chat.ChatId]);
    const { rows } = await client.query(
      "select broker.put_event(name => 'chat.ended', data => $1, dedupe_id => $2) as event_id",
      [JSON.stringify(chat), `chat.ended ${chat.ChatId}`],
    );
    await client.query("commit");
    return Number(rows[0].event_id);
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}
