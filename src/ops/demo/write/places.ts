import type pg from "pg";
import { ACCOUNT, AGENTS, INBOXES, OWN_INBOX, TEAMS } from "../cast.ts";
import type { Person } from "../people.ts";

/** What the database calls the account and what belongs to it, by the names that the script uses. */
export interface Places {
  account: number;
  inboxes: Map<string, number>;
  contacts: Map<string, number>;
  conversations: Map<string, { id: number; contact: number }>;
}

/** The demo's own account, once it is furnished. */
export async function findAccount(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ id: number }>(
    `select a.id from chat.accounts a join chat.inboxes i on i.account_id = a.id
     where a.name = $1 and i.identifier = $2
     order by a.id
     limit 1`,
    [ACCOUNT, OWN_INBOX],
  );
  return rows[0]?.id;
}

/** Its conversations put events, as a chat server's do. To be furnished in the same transaction. */
export async function makeAccount(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    "insert into chat.accounts (name, puts_chat_events) values ($1, true) returning id",
    [ACCOUNT],
  );
  return rows[0]!.id;
}

/** Makes what is missing of the account's teams, agents and inboxes and of the hour's contacts. */
export async function furnish(client: pg.ClientBase, account: number, people: Person[]): Promise<void> {
  await client.query(
    `insert into chat.teams (account_id, id, name)
     select $1, t.id, t.name from jsonb_to_recordset($2) t (id bigint, name text)
     on conflict do nothing`,
    [account, JSON.stringify(TEAMS)],
  );
  await client.query(
    `insert into chat.users (account_id, id, name, email)
     select $1, a.id, a.name, a.email from jsonb_to_recordset($2) a (id bigint, name text, email text)
     on conflict do nothing`,
    [account, JSON.stringify(AGENTS)],
  );
  await client.query(
    `insert into chat.inboxes (account_id, name, channel_type, identifier)
     select $1, i.name, i."channelType", i.identifier
     from jsonb_to_recordset($2) i (name text, "channelType" text, identifier text)
     on conflict do nothing`,
    [account, JSON.stringify(INBOXES)],
  );
  await client.query(
    `insert into chat.contacts (account_id, name, email, identifier, additional_attributes)
     select $1, p.name, p.email, p."visitorId"::text,
       jsonb_build_object('country', p.country, 'city', p.city, 'language', p.language)
     from jsonb_to_recordset($2)
       p (name text, email text, "visitorId" bigint, country text, city text, language text)
     on conflict do nothing`,
    [account, JSON.stringify(people)],
  );
}

export async function findPlaces(client: pg.ClientBase, account: number, hour: string): Promise<Places> {
  const idsOf = async (table: "inboxes" | "contacts") => {
    const { rows } = await client.query<{ identifier: string; id: number }>(
      `select identifier, id from chat.${table} where account_id = $1`,
      [account],
    );
    return new Map(rows.map(({ identifier, id }) => [identifier, id]));
  };
  const { rows } = await client.query<{ identifier: string; id: number; contact: number }>(
    `select identifier, id, contact_id as contact
     from chat.conversations
     where account_id = $1 and starts_with(identifier, $2)`,
    [account, `${hour}/`],
  );
  return {
    account,
    inboxes: await idsOf("inboxes"),
    contacts: await idsOf("contacts"),
    conversations: new Map(rows.map(({ identifier, id, contact }) => [identifier, { id, contact }])),
  };
}
