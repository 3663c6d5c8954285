import type pg from "pg";
import type { NumberedAction } from "../action.ts";

/** Large enough to be quick, small enough that nobody waits for its locks. */
const ACTIONS = 100;

/** The actions, cut into transactions. Each ends with a message: by that a later run sees how far an earlier one came. */
export function* transactions(actions: NumberedAction[]): Generator<NumberedAction[]> {
  let from = 0;
  while (from < actions.length) {
    const last = actions.findIndex((action, index) => index >= from + ACTIONS - 1 && action.do === "say");
    const to = last === -1 ? actions.length : last + 1;
    yield actions.slice(from, to);
    from = to;
  }
}

export async function inTransaction<Result>(
  client: pg.ClientBase,
  work: () => Promise<Result>,
): Promise<Result> {
  await client.query("begin");
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
