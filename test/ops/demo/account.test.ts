import { describe, expect, it } from "vitest";
import { useCommands } from "../commands.ts";

const { db, parleyJson } = useCommands();

const demo = (seed: number) => parleyJson("demo", "--conversations", "2", "--seed", String(seed));

async function makeNamesake(): Promise<number> {
  const { rows } = await db.pool.query(
    "insert into chat.accounts (name) values ('Parley demo') returning id",
  );
  return rows[0].id;
}

describe("the demo's account", () => {
  it("is its own, though somebody else's has the same name", async () => {
    const older = await makeNamesake();
    const { account } = await demo(1);
    expect(account.id).not.toBe(older);

    await makeNamesake();
    expect((await demo(2)).account).toEqual(account);
    const { rows } = await db.pool.query("select distinct account_id from chat.conversations");
    expect(rows).toEqual([{ account_id: account.id }]);
  });
});
