import { beforeAll, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { readSums } from "../read-sums.ts";
import { recount } from "../recount.ts";

const db = useDatabase();

beforeAll(() => createFirstAccount(db.pool));

it("a dialog that changed itself and by the one after it is pending once, however many are", async () => {
  const client = await db.connect();
  await client.query(
    `set parley.account_id = '1';
     set parley.now = '2026-03-02 10:00Z';
     insert into chat.conversations (account_id, inbox_id, contact_id) select 1, 1, 1 from generate_series(1, 2100)`,
  );
  while ((await client.query("select stats.flush() as dialogs")).rows[0].dialogs > 0);

  await client.query(
    `set parley.now = '2026-03-02 11:00Z'; update chat.conversations set status = 1;
     set parley.now = '2026-03-02 12:00Z'; update chat.conversations set status = 0 where id % 700 = 1`,
  );
  expect(await readSums(client)).toEqual(await recount(client));
});
