import { expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { useCommands } from "../commands.ts";

const { db, parley, parleyJson } = useCommands();

const demo = ["demo", "--conversations", "48"];

it("a server that is lost on the way is told as such, and the same command completes the hour", async () => {
  const lost = parley(...demo).catch((error) => error);
  await until("a part of the hour is there and its session has ended", async () => {
    const { rows } = await db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'parley command%'
         and exists (select from chat.messages)`,
    );
    return rows.length > 0;
  });
  expect(await lost).toMatchObject({ code: "PA012", hint: expect.stringContaining("completes the hour") });
  expect((await parleyJson(...demo)).outcome).toBe("completed");
});
