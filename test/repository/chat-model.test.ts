import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { diagramOf, tablesOfChat } from "./diagram.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/chat-model.md", import.meta.url));
const DIAGRAM = /(?<=^```mermaid\n)erDiagram\n.*?(?=^```$)/ms;

const db = useDatabase();
const sections = readFileSync(DOCUMENT, "utf8").split(/^(?=## )/m);

/** The tables that have a heading and a paragraph in a text. */
const tablesIn = (text: string) => [...text.matchAll(/^### `(\w+)`\n\n\w/gm)].map(([, name]) => name!);

it("docs/chat-model.md explains every table of schema chat and no other, in a section that draws it", async () => {
  const explained = sections.filter((section) => DIAGRAM.test(section)).flatMap(tablesIn);
  expect(explained.sort()).toEqual(await tablesOfChat(db.pool));
});

it("docs/chat-model.md draws the tables as the database has them", async () => {
  const redrawn = await Promise.all(
    sections.map(async (section) => section.replace(DIAGRAM, await diagramOf(db.pool, tablesIn(section)))),
  );
  // With -u, vitest writes the document.
  await expect(redrawn.join("")).toMatchFileSnapshot(DOCUMENT);
});

it("docs/chat-model.md shows what its example leaves, a minute between the statements", async () => {
  const document = sections.join("");
  const [, example] = /^```sql\n(.+?)\n```$/ms.exec(document)!;
  const [, shown] = /^\| name .*\n\| -.*\n((?:\|.*\n)+)/m.exec(document)!;
  const client = await db.connect();
  await client.query(`
    set timezone = 'UTC';
    insert into chat.accounts (name) values ('Shop');
    insert into chat.inboxes (account_id, name) values (1, 'Bot');
    insert into chat.contacts (account_id, name) values (1, 'Daryna');
    insert into chat.users (account_id, id, name) values (1, 3, 'Olha');
    alter table chat.conversations alter id restart with 14`);
  for (const [minute, statement] of example!.split("\n").entries()) {
    await client.query("select set_config('parley.now', $1, false)", [`2026-03-02T09:0${minute}:00Z`]);
    await client.query(statement);
  }
  const { rows } = await client.query(`
    select format('| \`%s\` | %s | %s | %s | %s |', name, value, user_id, dialog_id, created_at::time) as line
    from chat.events order by created_at`);
  expect(shown!.replaceAll(/ +/g, " ")).toBe(
    rows.map(({ line }) => `${line}\n`.replaceAll(/ +/g, " ")).join(""),
  );
});
