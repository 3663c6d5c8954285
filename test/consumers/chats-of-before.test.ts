import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Logger } from "@graphile/logger";
import { migrate as runMigrations } from "graphile-migrate";
import { clearAllPools } from "graphile-migrate/dist/pgReal.js";
import { beforeAll, describe, expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { toColumns } from "../../src/consumers/to-columns.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createLog } from "../../src/log.ts";
import { useDatabase } from "../setup/database.ts";
import { type Document, example } from "./deliver.ts";
import { corrected, withCanonicalTimes } from "./seed-classes.ts";
import { canonicalTime, storedChat, storedRating, storedWrapup } from "./stored.ts";

const COMMITTED = fileURLToPath(new URL("../../migrations/committed/", import.meta.url));

/** The last migration that kept chats in tables of their own. */
const LAST_BEFORE = "000003";

const db = useDatabase({ empty: true });
const ZERO_GUID = "00000000-0000-0000-0000-000000000000";

const chat = example("chat.ended") as Document & { Visitor: Document };
const minimal = {
  ChatId: "minimal",
  SiteId: chat.SiteId,
  Visitor: { Id: chat.Visitor.Id },
  Start: "2026-03-01T09:00:00.000000Z",
  End: "2026-03-01T09:10:00.000000Z",
};

beforeAll(async () => {
  await migrateAsBefore();
  await storeAsBefore(1, "chat.rating.submitted");
  await storeAsBefore(2, "chat.ended");
  await storeAsBefore(3, "chat.ended", minimal);
  await storeAsBefore(4, "chat.wrapup.submitted");
  await storeAsBefore(5, "chat.ended", { ...minimal, ChatId: "backwards", Visitor: null });
  // What is refused now was accepted then.
  await db.pool.query("update chat.chats set ended_at = started_at - interval '1 hour' where event_id = 5");
  for (const [index, Id] of ["0", ZERO_GUID].entries())
    await storeAsBefore(6 + index, "chat.ended", {
      ...minimal,
      ChatId: `anonymous ${index}`,
      Visitor: { Id: `a ${Id}` },
    });
  await db.pool.query(`
    update chat.chat_visitors set visitor_id = substr(visitor_id, 3) where visitor_id in ('a 0', 'a ${ZERO_GUID}');
    update chat.chats set session_id = 0, ended_at = '9999-12-31T23:59:59.999999Z' where event_id = 6`);
  await keepWholeAsBefore("ban.added");
  await migrate(db.url, createLog("warn"));
});

/** As the consumer kept events that had no tables; JavaScript's times end with the milliseconds. */
async function keepWholeAsBefore(name: string): Promise<void> {
  await db.pool.query("select broker.put_event($1, $2)", [name, example(name)]);
  await db.pool.query(`
    delete from broker.messages;
    insert into chat.other_events (event_id, put_at, name, data)
    select id, date_trunc('milliseconds', put_at), name, data from broker.events`);
}

describe("what was stored before chats became dialogs", () => {
  it("is there with every member", async () => {
    const members = (name: string) => withCanonicalTimes(corrected(example(name)), canonicalTime);
    expect(await storedChat(db.pool, 2)).toEqual(members("chat.ended"));
    expect(await storedRating(db.pool, 1)).toEqual(members("chat.rating.submitted"));
    expect(await storedWrapup(db.pool, 4)).toEqual(members("chat.wrapup.submitted"));
    expect(await storedChat(db.pool, 3)).toMatchObject({ ChatId: "minimal", Messages: [], Salesforce: null });
  });

  it("is in the domain model: the chats of a visitor are dialogs of one conversation", async () => {
    const { rows } = await db.pool.query(
      `select array_agg(c.chat_guid order by d.created_at) as chats, count(distinct d.conversation_id) as conversations
       from chat.chats c join chat.dialogs d on d.id = c.dialog_id
       join chat.contacts p on p.account_id = d.account_id and p.id = d.contact_id
       where p.identifier = $1`,
      [chat.Visitor.Id],
    );
    expect(rows).toEqual([{ chats: ["minimal", chat.ChatId], conversations: 1 }]);
  });

  it("is found by ratings and wrap-ups as before", async () => {
    const { rows } = await db.pool.query(`
      select (select event_id from chat.chats c where c.dialog_id = r.dialog_id) as rated,
        (select event_id from chat.chats c where c.dialog_id = w.dialog_id) as wrapped
      from chat.chat_ratings r, chat.chat_wrapups w`);
    expect(rows).toEqual([{ rated: 2, wrapped: 2 }]);
  });

  it("keeps a chat that ended before it began, as one that lasted no time", async () => {
    const { rows } = await db.pool.query(`
      select c.ended_at, d.created_at, d.updated_at - d.created_at < '1 millisecond' as instant
      from chat.chats c join chat.dialogs d on d.id = c.dialog_id where c.event_id = 5`);
    expect(rows).toEqual([
      { ended_at: new Date("2026-03-01T08:00:00Z"), created_at: new Date(minimal.Start), instant: true },
    ]);
  });

  it("keeps apart who was anonymous, and takes no time for the last of all", async () => {
    const { rows } = await db.pool.query(`
      select p.identifier, c.ended_at from chat.chats c join chat.dialogs d on d.id = c.dialog_id
      join chat.contacts p on p.account_id = d.account_id and p.id = d.contact_id where c.event_id in (6, 7) order by 1`);
    expect(rows).toEqual([
      { identifier: "chat:anonymous 0", ended_at: new Date("2026-03-02T11:00:00Z") },
      { identifier: "chat:anonymous 1", ended_at: new Date(minimal.End) },
    ]);
  });

  it("is delivered once more if it was kept whole for want of tables", async () => {
    const { rows } = await db.pool.query(`
      select e.name, q.name as queue from broker.messages m
      join broker.events e on e.id = m.event_id join broker.queues q on q.id = m.queue_id`);
    expect(rows).toEqual([{ name: "ban.added", queue: "PersistenceQueue" }]);
  });

  it("has left nothing behind", async () => {
    const { rows } = await db.pool.query(
      "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
    );
    expect(rows.map(({ nspname }) => nspname)).toEqual([
      "api",
      "broker",
      "chat",
      "graphile_migrate",
      "graphile_worker",
      "outbound",
      "public",
      "stats",
    ]);
  });
});

async function migrateAsBefore(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "parley-migrations-"));
  const committed = path.join(folder, "committed");
  mkdirSync(committed);
  for (const file of readdirSync(COMMITTED)) {
    if (file.slice(0, LAST_BEFORE.length) <= LAST_BEFORE)
      copyFileSync(path.join(COMMITTED, file), path.join(committed, file));
  }
  await runMigrations({
    connectionString: db.url,
    migrationsFolder: folder,
    logger: new Logger(() => () => {}),
  });
  clearAllPools();
  rmSync(folder, { recursive: true });
}

/** Calls the store function of that time, in its words. */
async function storeAsBefore(id: number, name: string, data: Document = example(name)): Promise<void> {
  const document = JSON.stringify(toColumns(schemas[name]!.parse(data)))
    .replaceAll('"account_id":', '"site_id":')
    .replaceAll('"line_id":', '"message_id":');
  const storeFunction = `chat.store_${name.replaceAll(".", "_")}`;
  await db.pool.query(`select ${storeFunction}($1, '2026-03-02T10:00:00Z', $2)`, [id, document]);
}
