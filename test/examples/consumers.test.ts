import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import addAConsumer from "../../examples/add-a-consumer.ts";
import countRatings from "../../examples/count-ratings.ts";
import { httpPeer } from "../outbound/peers/http-peer.ts";
import { useCheckout } from "../setup/checkout.ts";
import { useDatabase } from "../setup/database.ts";
import { drain } from "../setup/worker.ts";

const db = useDatabase();
const checkout = useCheckout();

async function createQueue(queue: string, event: string): Promise<void> {
  await db.pool.query("select broker.create_queue($1)", [queue]);
  await db.pool.query("select broker.subscribe(event => $2, queue => $1)", [queue, event]);
}

test("docs/consumers.md shows add-a-consumer as it is", () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  expect(/```ts\n(.*?)```/s.exec(read("docs/consumers.md"))?.[1]).toBe(read("examples/add-a-consumer.ts"));
});

test("add-a-consumer needs a queue, one routing row, and to be below workers/", {
  timeout: 60_000,
}, async () => {
  const room = await httpPeer();
  const parley = async (...args: string[]) =>
    expect(await checkout.parley(args, { DATABASE_URL: db.url, TEAM_ROOM_URL: room.url })).toMatchObject({
      status: 0,
    });
  await parley("queues", "create", "TeamRoomQueue");
  await parley("subscribe", "chat.rating.submitted", "TeamRoomQueue");
  copyFileSync(
    path.join(checkout.folder, "examples/add-a-consumer.ts"),
    path.join(checkout.folder, "workers/add-a-consumer.ts"),
  );
  await db.pool.query("select broker.put_event('chat.rating.submitted', $1)", [
    { SiteId: 1, ChatId: 1, ratingGrade: 1, ratingComment: "Nobody answered" },
  ]);
  await parley("work", "TeamRoomQueue", "--once");
  expect(room.received.map(({ body }) => JSON.parse(body))).toEqual([{ text: "1 of 5: Nobody answered" }]);
  await db.pool.query("select broker.drop_queue('TeamRoomQueue')");
});

test("add-a-consumer tells of poor ratings, gives up on a refusal, and retries what the room cannot do now", async () => {
  const answers: Record<string, number> = { good: 204, bad: 422, busy: 429, broken: 500 };
  const room = await httpPeer(({ body }, response) => {
    const [, comment = ""] = /: (.*)/.exec(JSON.parse(body).text)!;
    response.writeHead(answers[comment] ?? 500).end();
  });
  vi.stubEnv("TEAM_ROOM_URL", room.url);
  await createQueue("TeamRoomQueue", "chat.rating.submitted");
  const rate = (ratingGrade: number, ratingComment: string) =>
    db.pool.query("select broker.put_event('chat.rating.submitted', $1, key => $2)", [
      { SiteId: 1, ChatId: 1, ratingGrade, ratingComment },
      ratingComment,
    ]);
  await rate(5, "content");
  await rate(9, "mistaken");
  for (const comment of Object.keys(answers)) await rate(2, comment);
  await drain(db.url, addAConsumer.definition);
  vi.unstubAllEnvs();

  expect(room.received.map(({ body }) => JSON.parse(body).text).sort()).toEqual([
    "2 of 5: bad",
    "2 of 5: broken",
    "2 of 5: busy",
    "2 of 5: good",
  ]);
  expect(new Set(room.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(4);
  const { rows: errors } = await db.pool.query("select key, error from broker.error_messages order by key");
  expect(errors).toEqual([
    { key: "bad", error: "the room refuses it: 422" },
    { key: "mistaken", error: expect.stringContaining("ratingGrade") },
  ]);
  const { rows: delayed } = await db.pool.query("select key from broker.delayed_messages order by key");
  expect(delayed).toEqual([{ key: "broken" }, { key: "busy" }]);
  await db.pool.query("select broker.drop_queue('TeamRoomQueue', force => true)");
});

test("count-ratings counts each rating once", async () => {
  await createQueue("RatingCountQueue", "chat.rating.submitted");
  await db.pool.query(
    "create table rating_counts (site_id int, grade int, count int not null, primary key (site_id, grade))",
  );
  for (const ratingGrade of [5, 5, 3, 9]) {
    await db.pool.query("select broker.put_event('chat.rating.submitted', $1)", [{ SiteId: 7, ratingGrade }]);
  }
  await drain(db.url, countRatings.definition);
  const { rows } = await db.pool.query("select grade, count from rating_counts order by grade");
  expect(rows).toEqual([
    { grade: 3, count: 1 },
    { grade: 5, count: 2 },
  ]);
  const { rows: errors } = await db.pool.query(
    "select error_code from broker.error_messages where event_name = 'chat.rating.submitted'",
  );
  expect(errors).toEqual([{ error_code: "PA020" }]);
});
