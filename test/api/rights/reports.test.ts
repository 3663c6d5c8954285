import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { useLogin } from "../../broker/roles/login.ts";
import { rows, value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { play } from "../story.ts";

const db = useDatabase();
const logins = {
  own: useLogin(db, "parley_analyst"),
  other: useLogin(db, "parley_analyst"),
  none: useLogin(db, "parley_analyst"),
  producer: useLogin(db, "parley_producer"),
};
const sessions = {} as Record<keyof typeof logins, Client>;

const WINDOW = "since => '2026-03-02Z', until => '2026-03-03Z'";
const REPORTS = [
  `report(${WINDOW})`,
  `report('agent', ${WINDOW})`,
  `percentiles('resolution', ${WINDOW})`,
  `percentiles('resolution', 'team', ${WINDOW})`,
  `histogram('resolution', ${WINDOW})`,
  `heatmap('resolution', ${WINDOW})`,
  `backlog(${WINDOW})`,
  `service_level(60, ${WINDOW})`,
  `reopening('1 day', ${WINDOW})`,
  `wrapups(${WINDOW})`,
  `dialogs_behind('resolution', ${WINDOW})`,
  "live_board()",
  "live_agents()",
  "dialogs",
  "turns",
  "ownerships",
];

beforeAll(async () => {
  for (const [name, login] of Object.entries(logins))
    sessions[name as keyof typeof logins] = await login.connect();
  const owner = await db.connect();
  await createFirstAccount(owner);
  await owner.query("insert into chat.accounts (id, name) values (2, 'Another')");
  await owner.query("insert into stats.analysts values ($1, 1), ($2, 2)", [
    new URL(logins.own.url).username,
    new URL(logins.other.url).username,
  ]);
  await play(
    owner,
    "2026-03-02",
    `09:00 | a := open_conversation(1, 1, 1, assignee_id => 1)
     09:01 | append_message(a, 'Hello', sender_type => 'Contact')
     09:02 | append_message(a, 'Hello', 1, 'User', 1)
     09:03 | resolve_conversation(a)
     09:04 | select stats.flush()
     09:05 | append_message(a, 'Once more', sender_type => 'Contact', reopen => true)`,
  );
});

describe.each(REPORTS)("%s", (report) => {
  it("shows an analyst the own account", async () => {
    const found = await rows(sessions.own, `select * from api.${report}`);
    // Nothing was wrapped up.
    expect(found.length > 0).toBe(!report.startsWith("wrapups"));
  });

  it("shows an analyst nothing of another account, whatever the session sets", async () => {
    await sessions.other.query("set parley.account_id = 1");
    expect(await rows(sessions.other, `select * from api.${report}`)).toEqual([]);
    await sessions.other.query("reset parley.account_id");
    const found = await rows<Record<string, unknown>>(sessions.other, `select * from api.${report}`);
    expect(found.filter((row) => Object.values(row).includes(1) && "resolutions" in row)).toEqual([]);
  });

  it("has no row for a login without account", async () => {
    await sessions.none.query("set parley.account_id = 1");
    expect(await rows(sessions.none, `select * from api.${report}`)).toEqual([]);
  });

  it("is refused to producers", async () => {
    await expect(sessions.producer.query(`select * from api.${report}`)).rejects.toMatchObject({
      code: "42501",
    });
  });
});

it("sums are for reports only: analysts cannot read the tables of sums, nor compute facts", async () => {
  for (const table of ["sums", "times", "handled", "stale", "stale_days", "analysts"])
    await expect(sessions.own.query(`select * from stats.${table}`)).rejects.toMatchObject({ code: "42501" });
  await expect(sessions.own.query("select stats.compute('{1}')")).rejects.toMatchObject({ code: "42501" });
});

it.each(["pending", "pending_dialogs", "pending_changes"])(
  "%s of another account is nobody else's",
  async (pending) => {
    expect(await value(sessions.other, `select count(*) from stats.${pending}(1)`)).toBe(0);
    expect(await value(sessions.own, `select count(*) from stats.${pending}(1)`)).toBeGreaterThan(0);
  },
);
