import type pg from "pg";

/** A row of chat.conversations and of its twin. */
export interface Conversation {
  id: string;
  account_id: string;
  inbox_id: string;
  contact_id: string;
  dialog_id: string;
  assignee_id: string;
}

/**
 * Makes schema `bare`: twins of the tables that the measured statements write, with the same columns, defaults, checks,
 * indexes and foreign keys, but no trigger.
 */
export async function createBareTwins(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create schema bare;
    create table bare.conversations (like chat.conversations including all);
    create table bare.messages (like chat.messages including all);
    do $$
    declare
      v_key record;
    begin
      for v_key in
        select c.relname, f.conname, pg_get_constraintdef(f.oid) as definition
        from pg_constraint f join pg_class c on c.oid = f.conrelid
        where f.contype = 'f' and f.conrelid in ('chat.conversations'::regclass, 'chat.messages'::regclass)
      loop
        execute format('alter table bare.%I add constraint %I %s', v_key.relname, v_key.conname, v_key.definition);
      end loop;
    end $$;
  `);
}

/** Starts again with so many open conversations of one account, each with an assignee and a first message; the twins too. */
export async function renewConversations(pool: pg.Pool, count: number): Promise<Conversation[]> {
  await pool.query("truncate chat.accounts cascade");
  const conversations = await openConversations(pool, { account: 1, count, agents: 20 });
  await pool.query(`
    insert into bare.conversations select * from chat.conversations;
    insert into bare.messages select * from chat.messages;
    select setval(pg_get_serial_sequence('bare.messages', 'id'), max(id)) from bare.messages;
  `);
  await settle(pool);
  return conversations;
}

/** Makes an account with so many open conversations, each with one of its agents as assignee and a first message. */
export async function openConversations(
  pool: pg.Pool,
  { account, count, agents }: { account: number; count: number; agents: number },
): Promise<Conversation[]> {
  await pool.query(`
    insert into chat.accounts (id, name) values (${account}, 'Shop');
    insert into chat.inboxes (account_id, id, name) values (${account}, 1, 'Website');
    insert into chat.users (account_id, id, name)
    select ${account}, n, 'Agent ' || n from generate_series(1, ${agents}) n;
    insert into chat.contacts (account_id, id, name)
    select ${account}, n, 'Contact ' || n from generate_series(1, ${count}) n;
    insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id)
    select ${account}, 1, n, n % ${agents} + 1 from generate_series(1, ${count}) n;
    insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id)
    select id, 'Hello', 0, 'Contact', contact_id from chat.conversations where account_id = ${account};
  `);
  const { rows } = await pool.query("select * from chat.conversations where account_id = $1 order by id", [
    account,
  ]);
  return rows;
}

/** Does now what PostgreSQL would do in the measured time. */
export async function settle(pool: pg.Pool): Promise<void> {
  await pool.query("vacuum analyze");
  await pool.query("checkpoint");
}
