// docs/analyst.md: each question is answered the same in GraphQL and SQL.
import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { MONDAY, STORY } from "../monday.ts";
import { play } from "../story.ts";
import { useAnalyst } from "../use-analyst.ts";
import { token, useApi } from "../use-api.ts";

const db = useDatabase();
const analyst = useAnalyst(db);
const api = useApi(db);

const page = readFileSync(new URL("../../../docs/analyst.md", import.meta.url), "utf8");
const QUESTIONS = [
  ...page.matchAll(/^## (\d+\. .*)\n[^#]*?```graphql\n([^`]*)```\n\n```sql\n([^`]*)```/gm),
].map(([, question, graphql, sql]) => ({ question: question!, graphql: graphql!, sql: sql! }));

beforeAll(async () => {
  const owner = await db.connect();
  await owner.query("update chat.accounts set puts_chat_events = true");
  await play(owner, MONDAY, STORY);
});

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Ids and times are texts in GraphQL; what is counted is a number. */
function plain(name: string, cell: unknown): unknown {
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell !== "string") return cell;
  if (/^id$|Id$/.test(name)) return Number(cell);
  return /^\d{4}-\d\d-\d\dT/.test(cell) ? Date.parse(cell) : cell;
}

const answers = (list: Record<string, unknown>[]) =>
  list.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, cell]) => [camelCase(column), plain(camelCase(column), cell)]),
    ),
  );

it("asks ten questions", () => {
  expect(QUESTIONS).toHaveLength(10);
});

it.each(QUESTIONS)("$question", async ({ graphql, sql }) => {
  const inSql = answers(await rows(analyst.session, sql));
  expect(inSql.length).toBeGreaterThan(0);
  const { data, errors } = await api.query(await token("analyst", 1), graphql);
  expect(errors).toBeUndefined();
  expect(answers((Object.values(data)[0] as { nodes: Record<string, unknown>[] }).nodes)).toEqual(inSql);
});
