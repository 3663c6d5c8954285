import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import callEndpoint from "../../examples/consumers/call-endpoint.ts";
import countRatings from "../../examples/consumers/count-ratings.ts";
import { useDatabase } from "../setup/database.ts";
import { drain } from "../setup/worker.ts";

const db = useDatabase();

async function createQueue(queue: string, event: string): Promise<void> {
  await db.pool.query("select broker.create_queue($1)", [queue]);
  await db.pool.query("select broker.subscribe(event => $2, queue => $1)", [queue, event]);
}

test("call-endpoint posts each event, gives up on a refusal, and retries what the endpoint cannot do now", async () => {
  const answers: Record<string, number> = { good: 204, bad: 422, busy: 429, broken: 500 };
  const posted: { id: string; visitor: string }[] = [];
  const endpoint = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { Visitor } = JSON.parse(body);
      posted.push({ id: String(request.headers["x-event-id"]), visitor: Visitor });
      response.writeHead(answers[Visitor] ?? 500).end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  process.env.ENDPOINT_URL = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  await createQueue("EndpointQueue", "visitor.landed");
  for (const Visitor of Object.keys(answers)) {
    await db.pool.query("select broker.put_event('visitor.landed', $1, key => $2)", [{ Visitor }, Visitor]);
  }
  await drain(db.url, callEndpoint.definition);
  endpoint.close();

  expect(posted.map(({ visitor }) => visitor).sort()).toEqual(["bad", "broken", "busy", "good"]);
  expect(new Set(posted.map(({ id }) => id)).size).toBe(4);
  const { rows: errors } = await db.pool.query("select key, error from broker.error_messages");
  expect(errors).toEqual([{ key: "bad", error: "the endpoint refuses it: 422" }]);
  const { rows: delayed } = await db.pool.query("select key from broker.delayed_messages order by key");
  expect(delayed).toEqual([{ key: "broken" }, { key: "busy" }]);
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
