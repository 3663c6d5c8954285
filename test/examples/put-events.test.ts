import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { expect, test } from "vitest";
import { endChat } from "../../examples/put-events.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

test("put-events.sql puts all its events, however often it is run, the one with a dedupe id once", async () => {
  const script = readFileSync(new URL("../../examples/put-events.sql", import.meta.url), "utf8");
  const [statements, copy] = script.split(/^(?=copy )/m) as [string, string];
  const [copyStatement, ...copyLines] = copy.trim().split("\n");
  const client = await db.connect();
  for (let run = 0; run < 2; run++) {
    await client.query(statements);
    const rows = `${copyLines.slice(0, -1).join("\n")}\n`;
    await pipeline(Readable.from(rows), client.query(copyFrom(copyStatement!)));
  }
  const { rows } = await db.pool.query(
    "select name, count(*) from broker.events group by name order by name",
  );
  expect(rows).toEqual([
    { name: "agent.status.changed", count: 1 },
    { name: "cannedMessage.used", count: 2 },
    { name: "chat.rating.submitted", count: 2 },
    { name: "visitor.landed", count: 8 },
  ]);
  const { rows: delayed } = await db.pool.query(
    "select kind, count(*) from broker.delayed_messages group by kind",
  );
  expect(delayed).toEqual([{ kind: "scheduled", count: 2 }]);
});

test("put-events.ts ends the chat and puts its event together, once", async () => {
  await db.pool.query("create table live_chats (id text primary key, ended_at timestamptz)");
  await db.pool.query("insert into live_chats (id) values ('a')");
  const client = await db.connect();
  const first = await endChat(client, { ChatId: "a", SiteId: 7 });
  expect(await endChat(client, { ChatId: "a", SiteId: 7 })).toBe(first);
  await client.query("drop table live_chats");
  await expect(endChat(client, { ChatId: "b", SiteId: 7 })).rejects.toThrow("live_chats");
  const { rows } = await db.pool.query("select count(*) from broker.events where name = 'chat.ended'");
  expect(rows[0].count).toBe(1);
});
