import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger } from "@graphile/logger";
import { migrate as runCommitted } from "graphile-migrate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "../../../src/db/migrate.ts";
import { createLog } from "../../../src/log.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { readSums } from "../read-sums.ts";
import { recount } from "../recount.ts";

const MIGRATIONS = new URL("../../../migrations/", import.meta.url).pathname;

describe.each([
  ["statistics", "000004"],
  ["facts went on from what is stored", "000012"],
])("dialogs of a database from before %s", (_, last) => {
  const db = useDatabase({ empty: true });
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-"));
    const older = (await readdir(join(MIGRATIONS, "committed"))).filter((name) => name.slice(0, 6) <= last);
    for (const name of older) await cp(join(MIGRATIONS, "committed", name), join(folder, "committed", name));
    await cp(join(MIGRATIONS, "current.sql"), join(folder, "current.sql"));
    await runCommitted({
      connectionString: db.url,
      migrationsFolder: folder,
      logger: new Logger(() => () => {}),
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("are counted, and summed, once it is migrated, and go on", async () => {
    await createFirstAccount(db.pool);
    await db.pool.query(
      `insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id) values (1, 1, 1, 1), (1, 1, 1, null);
       insert into chat.messages (conversation_id, content, message_type) select id, 'Hello', 0 from chat.conversations;
       update chat.conversations set status = 1 where assignee_id = 1`,
    );
    if (last > "000005") {
      await db.pool.query("select stats.flush()");
    }
    await migrate(db.url, createLog("silent"));

    const reader = await db.connect();
    await reader.query("set parley.account_id = '1'");
    const plain = await recount(reader);
    expect(plain.size).toBeGreaterThan(0);
    expect(await readSums(reader)).toEqual(plain);
    expect((await reader.query("select pending from stats.state()")).rows).toEqual([{ pending: 0 }]);
    expect((await reader.query("select * from stats.verify()")).rows).toEqual([]);

    await reader.query(
      "insert into chat.messages (conversation_id, content, message_type) select id, 'Hello?', 0 from chat.conversations where status = 0",
    );
    expect(await readSums(reader)).toEqual(await recount(reader));
  });
});
