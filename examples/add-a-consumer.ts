import { z } from "zod";
import { defineConsumer } from "../src/broker/define-consumer.ts";
import { Reject, RetryLater } from "../src/broker/outcome.ts";

const rating = z.object({ ratingGrade: z.int().min(1).max(5), ratingComment: z.string().nullish() });

/** Tells the team's chat room, at TEAM_ROOM_URL, of each rating that needs a call. */
export default defineConsumer({
  queue: "TeamRoomQueue",
  delivery: "calling-out", // at least once, no transaction open meanwhile
  schemas: { "chat.rating.submitted": rating }, // what does not fit goes to the error queue
  timeoutSeconds: 10,
  async handle(event, { signal }) {
    const { ratingGrade, ratingComment } = event.data as z.infer<typeof rating>;
    if (ratingGrade > 2) return;
    const response = await fetch(process.env.TEAM_ROOM_URL!, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `rating-${event.id}` },
      body: JSON.stringify({ text: `${ratingGrade} of 5: ${ratingComment ?? "no comment"}` }),
      signal, // aborts when the time is over, and at shutdown
    });
    const { ok, status } = response;
    if (status === 429) throw new RetryLater(60, "the room asks for a pause");
    if (status >= 400 && status < 500) throw new Reject("PA020", `the room refuses it: ${status}`);
    if (!ok) throw new Error(`the room answered ${status}`); // tried again later; the next of its chat wait
  },
});
