import type { Db } from "../broker/test-queue.ts";

/** Account 1 with two inboxes, three agents, two teams and a contact, numbered from 1. */
export async function createFirstAccount(db: Db): Promise<void> {
  await db.query(
    `insert into chat.accounts (name) values ('Account');
     insert into chat.inboxes (account_id, name) values (1, 'Website'), (1, 'Bot');
     insert into chat.users (account_id, name) values (1, 'Ann'), (1, 'Bob'), (1, 'Cyd');
     insert into chat.teams (account_id, name) values (1, 'Sales'), (1, 'Support');
     insert into chat.contacts (account_id, name) values (1, 'Dan')`,
  );
}
