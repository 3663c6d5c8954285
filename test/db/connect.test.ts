import { expect, it } from "vitest";
import { asRole, connect, explainConnectionError, withoutPassword } from "../../src/db/connect.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

function changed(change: Partial<Pick<URL, "port" | "username" | "password" | "pathname">>): string {
  return Object.assign(new URL(db.url), change).href;
}

it("reads bigint as number, alone and in arrays", async () => {
  const { rows } = await db.pool.query(
    "select 42::bigint as one, array[1, 2]::bigint[] as many, null::bigint as none",
  );
  expect(rows).toEqual([{ one: 42, many: [1, 2], none: null }]);
});

it("takes a role from the first statement on", async () => {
  const client = await connect(asRole(db.url, "parley_analyst"), "test");
  const { rows } = await client.query("select current_user");
  await client.end();
  expect(rows).toEqual([{ current_user: "parley_analyst" }]);
});

it("has the server compile no statements, in a pool or alone", async () => {
  for (const session of [db.pool, await db.connect()]) {
    expect((await session.query("show jit")).rows).toEqual([{ jit: "off" }]);
  }
});

it("explains a server that does not answer", async () => {
  await expect(connect(changed({ port: "1" }), "test")).rejects.toMatchObject({
    code: "PA012",
    hint: /server runs/,
  });
});

it("explains a database that does not exist", async () => {
  const attempt = connect(changed({ pathname: "nowhere" }), "test");
  await expect(attempt).rejects.toMatchObject({ code: "PA012", hint: /create database/ });
});

it("explains a refused login without showing the password", async () => {
  const refused = Object.assign(new Error("password authentication failed"), { code: "28P01" });
  const explained = explainConnectionError(refused, changed({ password: "tell-nobody" }));
  expect(explained.code).toBe("PA014");
  expect(explained.message).not.toContain("tell-nobody");
});

it("never shows a password, wherever the URL has it", () => {
  const shown = withoutPassword("postgres://me:tell-nobody@host/db?password=tell-nobody&sslmode=require");
  expect(shown).toBe("postgres://me@host/db?sslmode=require");
});
