import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column } from "../test-queue.ts";
import { useLogin } from "./login.ts";

const db = useDatabase();
const analyst = useLogin(db, "parley_analyst");
const web = useLogin(db, "parley_web");

it("an analyst reads no table of schema chat as a whole", async () => {
  const session = await analyst.connect();
  const tables = await column<string>(
    db.pool,
    "select oid::regclass from pg_class where relnamespace = 'chat'::regnamespace and relkind = 'r'",
  );
  expect(tables.length).toBeGreaterThan(0);
  for (const table of tables) {
    await expect(session.query(`select * from ${table} limit 1`)).rejects.toMatchObject({ code: "42501" });
  }
});

it("the login of the web can connect", async () => {
  expect(await column(await web.connect(), "select 1")).toEqual([1]);
});
