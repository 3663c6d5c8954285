import type pg from "pg";
import { ParleyError } from "../errors.ts";
import { nearNames } from "./near-names.ts";

/** A pool or one of its clients. */
export type Queryable = Pick<pg.Pool, "query">;

/** Where the names come from that an error of that code calls unknown. */
const NAMES = {
  PA001: "select name from broker.t_chatserver_event order by id",
  PA002: "select name from broker.queues order by id",
} as const;

/**
 * Calls `broker.<name>` with named arguments, leaving out undefined ones, and returns its value. An unknown
 * event or queue is answered with the names that are near it.
 */
export async function callBroker<Result>(
  db: Queryable,
  name: string,
  args: Record<string, unknown>,
): Promise<Result> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const list = given.map(([argument], index) => `${argument} => $${index + 1}`).join(", ");
  const values = given.map(([, value]) => value);
  try {
    const { rows } = await db.query(`select broker.${name}(${list}) as result`, values);
    return rows[0].result;
  } catch (error) {
    const { code, message, hint = "" } = error as { code?: string; message: string; hint?: string };
    if (code !== "PA001" && code !== "PA002") throw error;
    const wanted = String(code === "PA001" ? (args.event ?? args.name) : (args.queue ?? args.name));
    // A login may call what it may not read; then the database's own hint must do.
    const names = await hintNames(db, code, wanted).catch(() => hint);
    throw new ParleyError(code, message, { hint: names, cause: error });
  }
}

/** PA002 unless there is such a queue. For reads, which would just find nothing. */
export async function assertQueue(db: Queryable, queue: string): Promise<void> {
  await assertName(db, "PA002", `unknown queue "${queue}"`, queue);
}

/** PA001 unless there is such an event. */
export async function assertEvent(db: Queryable, event: string): Promise<void> {
  await assertName(db, "PA001", `unknown event "${event}"`, event);
}

async function assertName(db: Queryable, code: keyof typeof NAMES, message: string, wanted: string) {
  const { rows } = await db.query(`select from (${NAMES[code]}) known where name = $1`, [wanted]);
  if (rows.length === 0) throw new ParleyError(code, message, { hint: await hintNames(db, code, wanted) });
}

async function hintNames(db: Queryable, code: keyof typeof NAMES, wanted: string): Promise<string> {
  const { rows } = await db.query(NAMES[code]);
  const names = rows.map((row) => row.name as string);
  const near = nearNames(wanted, names);
  return near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `There are ${names.join(", ")}.`;
}

/** The database's clock: the only one that relative times are counted from. */
export async function databaseNow(db: Queryable): Promise<Date> {
  return callBroker<Date>(db, "now", {});
}
