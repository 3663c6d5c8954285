import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { changeStatus } from "../../api/concurrency/agents-at-work.ts";
import { useLogin } from "../../broker/roles/login.ts";
import { rows } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const login = useLogin(db, "parley_analyst");
const strangerLogin = useLogin(db, "parley_analyst");
let analyst: Client;

beforeAll(async () => {
  await createFirstAccount(db.pool);
  await db.pool.query(
    `insert into chat.accounts (name) values ('Other');
     insert into stats.analysts (role_name, account_id) values
       ('${new URL(login.url).username}', 1), ('${new URL(strangerLogin.url).username}', 2)`,
  );
  analyst = await login.connect();
  for (const [agent, status, time] of [
    [1, 1, "07:00"],
    [1, 2, "08:00"],
    [1, 1, "09:30"],
    [1, 3, "09:30"],
    [1, 1, "11:30"],
    [2, 1, "06:00"],
    [3, 1, "10:00"],
  ] as const)
    await changeStatus(db.pool, agent, status, `2026-03-02T${time}Z`);
});

const ask = (client: Client, agentIds: number[] | null = null) =>
  rows<Record<string, unknown>>(
    client,
    `select agent_name as who, status, is_available, to_char(began_at at time zone 'UTC', 'HH24:MI') as began,
       to_char(ended_at at time zone 'UTC', 'HH24:MI') as ended
     from api.presences('2026-03-02T09:00Z', '2026-03-02T10:00Z', $1)`,
    [agentIds],
  );

it("is the time from one change of status to the next, of everything that overlaps the window", async () => {
  expect(await ask(analyst)).toEqual([
    { who: "Ann", status: 2, is_available: false, began: "08:00", ended: "09:30" },
    { who: "Ann", status: 3, is_available: false, began: "09:30", ended: "11:30" },
    { who: "Bob", status: 1, is_available: true, began: "06:00", ended: null },
  ]);
  expect(await ask(analyst, [2, 3])).toMatchObject([{ who: "Bob" }]);
});

it("is not told to another account's analysts", async () => {
  expect(await ask(await strangerLogin.connect())).toEqual([]);
});
