import type pg from "pg";
import { HOUR } from "../action.ts";
import type { Script } from "../script.ts";

/** How far an hour has been written, and when it was. */
export interface Progress {
  /** So many actions of its script are done. */
  done: number;
  /** The hour ends then; undefined as long as nothing says so. */
  until: Date | undefined;
}

export const NOTHING: Progress = { done: 0, until: undefined };

/**
 * Asks what is there of the hour. Each transaction ends with a message, whose source_id names the last action of it; the
 * conversations that were opened tell when the hour was.
 */
export async function findProgress(
  client: pg.ClientBase,
  account: number,
  { hour, actions }: Script,
): Promise<Progress> {
  const { rows } = await client.query<{ last: string | null; first: string | null; began: Date | null }>(
    `select
       (select max(m.source_id collate "C") from chat.messages m where m.conversation_id = any (array_agg(c.id))) as last,
       (array_agg(c.identifier order by c.created_at))[1] as first,
       min(c.created_at) as began
     from chat.conversations c
     where c.account_id = $1 and starts_with(c.identifier, $2)`,
    [account, `${hour}/`],
  );
  const { last, first, began } = rows[0]!;
  const opening = actions.find((action) => action.do === "open" && action.conversation === first);
  return {
    done: actions.findIndex(({ name }) => name === last) + 1,
    until: opening && began ? new Date(began.getTime() - opening.at + HOUR) : undefined,
  };
}
