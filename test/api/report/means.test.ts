import { beforeAll, expect, it } from "vitest";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { useAnalyst } from "../use-analyst.ts";

const db = useDatabase();
const analyst = useAnalyst(db);

/** A dialog that somebody has from its first moment on, and that ends without a word. */
beforeAll(async () => {
  await db.pool.query(
    `insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id) values (1, 1, 1, 1);
     select chat.resolve_conversation(1)`,
  );
});

it.each([
  ["what nobody has summed yet", ""],
  ["sums", "select stats.flush()"],
])("from %s: a mean of zeros is 0, a mean of nothing is null", async (_from, statement) => {
  await db.pool.query(statement);
  expect(
    await rows(
      analyst.session,
      `select queue_waits::int, queue_wait_s_sum, queue_wait_s_mean, resolutions::int, replies_to_resolve_mean, reply_times::int, reply_time_s_mean
       from api.report('agent')`,
    ),
  ).toEqual([
    {
      queue_waits: 1,
      queue_wait_s_sum: 0,
      queue_wait_s_mean: 0,
      resolutions: 1,
      replies_to_resolve_mean: 0,
      reply_times: 0,
      reply_time_s_mean: null,
    },
  ]);
  const heatmap = (metric: string) =>
    rows(analyst.session, `select n::int, mean from api.heatmap('${metric}') where n > 0`);
  expect(await heatmap("queue_wait")).toEqual([{ n: 1, mean: 0 }]);
  expect(await heatmap("offered")).toEqual([{ n: 1, mean: null }]);
});
