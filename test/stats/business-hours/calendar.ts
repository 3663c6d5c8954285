import { type Db, value } from "../../broker/test-queue.ts";

/** From 1 Monday to 7 Sunday, "09:00-18:00". */
export type Hours = [isodow: number, range: string][];

export const WEEKDAYS = [1, 2, 3, 4, 5];
export const ALL_DAYS = [...WEEKDAYS, 6, 7];

export interface Calendar {
  accountId?: number;
  inboxId?: number;
  validFrom?: string;
  zone?: string;
  hours?: Hours;
}

/** As an operator inserts it, in one statement. */
export async function insertCalendar(
  db: Db,
  { accountId = 1, inboxId, validFrom = "2000-01-01", zone = "UTC", hours = [] }: Calendar,
): Promise<number> {
  return value(
    db,
    `with calendar as (
       insert into stats.calendars (account_id, inbox_id, valid_from, time_zone) values ($1, $2, $3, $4) returning id
     ), hours as (
       insert into stats.calendar_hours (calendar_id, isodow, opens, closes)
       select c.id, (h ->> 0)::int, split_part(h ->> 1, '-', 1)::time, split_part(h ->> 1, '-', 2)::time
       from calendar c, jsonb_array_elements($5) h
     )
     select id::int from calendar`,
    [accountId, inboxId ?? null, validFrom, zone, JSON.stringify(hours)],
  );
}

const HOUR_MS = 3_600_000;

/** Business hours in [since, until). */
export async function businessHours(
  db: Db,
  since: string,
  until: string,
  inboxId: number | null = 1,
): Promise<number> {
  return (
    Number(await value(db, "select stats.business_ms(1, $1, $2, $3)", [inboxId, since, until])) / HOUR_MS
  );
}
