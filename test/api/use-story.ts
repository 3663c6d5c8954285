import type { Client } from "pg";
import { beforeAll, describe } from "vitest";
import { rows } from "../broker/test-queue.ts";
import type { TestDatabase } from "../setup/database.ts";
import { inColumnsOf, parseTable, play } from "./story.ts";
import { useAnalyst } from "./use-analyst.ts";

interface Told {
  readonly day: string;
  readonly story: string;
  /** What the analyst's clock shows afterwards. */
  readonly now: string;
}

interface Story {
  /** Asks `select * from api....`, and shows of the answer what a table of text expects. */
  ask(call: string, expected: string): Promise<{ found: Cells; expected: Cells }>;
  /** The same answers are expected however much has been summed. */
  whateverIsSummed(name: string, tests: () => void): void;
}
type Cells = Record<string, string>[];

/** Call at file level, after `useDatabase`: the first account, which has lived through a story, and its analyst. */
export function useStory(db: TestDatabase, { day, story, now }: Told): Story {
  const analyst = useAnalyst(db);
  let writer: Client;

  beforeAll(async () => {
    writer = await db.connect();
    await writer.query("update chat.accounts set puts_chat_events = true");
    await play(writer, day, story);
    await analyst.clockShows(now);
  });

  return {
    async ask(call, expected) {
      const table = parseTable(expected);
      const head = expected.trim().split("\n")[0]!.trim().split(/ {2,}/);
      const found = await rows<Record<string, unknown>>(analyst.session, `select * from api.${call}`);
      return { found: inColumnsOf(head, found), expected: table };
    },
    whateverIsSummed(name, tests) {
      describe.each([
        ["nobody has summed yet", ""],
        ["quarters of an hour are summed", "select stats.flush()"],
        [
          "days are summed",
          `select set_config('parley.now', ('${day}'::date + interval '32 hours')::text || 'Z', false); select stats.finish_days()`,
        ],
      ])(`${name}, %s`, (_when, statement) => {
        beforeAll(async () => {
          await writer.query(statement);
        });
        tests();
      });
    },
  };
}
