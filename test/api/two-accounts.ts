import type { Db } from "../broker/test-queue.ts";
import { createFirstAccount } from "../chat/first-account.ts";

/** Accounts 1 and 2 with names of their own, and a conversation of each: 1 of account 1, 2 of account 2. */
export async function createTwoAccounts(db: Db): Promise<void> {
  await createFirstAccount(db);
  await db.query(
    `insert into chat.accounts (name) values ('Other account');
     insert into chat.inboxes (account_id, name) values (2, 'Other website');
     insert into chat.users (account_id, name) values (2, 'Eve');
     insert into chat.teams (account_id, name) values (2, 'Other team');
     insert into chat.contacts (account_id, name) values (2, 'Fay');
     insert into chat.conversations (account_id, inbox_id, contact_id) select account_id, min(id), 1 from chat.inboxes where account_id = 1 group by 1;
     insert into chat.conversations (account_id, inbox_id, contact_id) select account_id, min(id), 2 from chat.inboxes where account_id = 2 group by 1;`,
  );
}
