import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);

beforeAll(async () => {
  await db.pool.query(
    `insert into chat.conversations (account_id, inbox_id, contact_id, created_at)
     values (1, 1, 1, '1999-12-31Z'), (1, 1, 1, '2000-01-01 12:00Z'), (1, 1, 1, '2025-01-01Z')`,
  );
  await analyst.clockShows("2026-01-01Z");
});

it("the backlog of a time that ended more than 20 years ago is known", async () => {
  const backlog =
    "select started::int, unresolved::int from api.backlog('day', '2000-01-01Z', '2000-01-03Z')";
  expect(await rows(analyst.session, backlog)).toEqual([
    { started: 1, unresolved: 2 },
    { started: 0, unresolved: 2 },
  ]);
});
