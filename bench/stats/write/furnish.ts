import type pg from "pg";
import { ACCOUNTS, AGENTS, INBOXES, OPENING, TEAMS } from "../story/accounts.ts";
import type { Moment } from "../story/action.ts";

const HOURS = JSON.stringify(
  OPENING.flatMap((hours, weekday) =>
    hours ? [{ isodow: weekday || 7, opens: `${hours[0]}:00`, closes: `${hours[1]}:00` }] : [],
  ),
);

/** Makes the story's accounts in a new database, with what is there before anything happens: inboxes, teams, agents, hours. */
export async function furnish(client: pg.ClientBase, at: Moment): Promise<void> {
  await client.query("select set_config('parley.now', $1, false)", [new Date(at).toISOString()]);
  for (const [index, { id, name, timeZone }] of ACCOUNTS.entries()) {
    // Those that put events know the dialogs of ratings and wrap-ups.
    await client.query("insert into chat.accounts (id, name, puts_chat_events) values ($1, $2, true)", [
      id,
      name,
    ]);
    await client.query("insert into stats.settings (account_id, time_zone) values ($1, $2)", [id, timeZone]);
    await client.query(
      "insert into chat.inboxes (account_id, id, name) select $1, $2 + n, name from unnest($3::text[]) with ordinality i (name, n)",
      [id, index * INBOXES.length, INBOXES],
    );
    await client.query(
      "insert into chat.teams (account_id, id, name) select $1, n, 'Team ' || n from generate_series(1, $2) n",
      [id, TEAMS],
    );
    await client.query(
      "insert into chat.users (account_id, id, name) select $1, n, 'Agent ' || n from generate_series(1, $2) n",
      [id, AGENTS],
    );
    await client.query(
      `with calendar as (
         insert into stats.calendars (account_id, valid_from, time_zone)
         values ($1, broker.now()::date - 7, $2)
         returning id
       )
       insert into stats.calendar_hours (calendar_id, isodow, opens, closes)
       select c.id, h.isodow, h.opens, h.closes
       from calendar c, jsonb_to_recordset($3) h (isodow smallint, opens time, closes time)`,
      [id, timeZone, HOURS],
    );
  }
  await client.query("reset parley.now");
}

/** An account's inbox by its index, as `furnish` numbers them. */
export function inboxId(account: number, index: number): number {
  return ACCOUNTS.findIndex(({ id }) => id === account) * INBOXES.length + index + 1;
}
