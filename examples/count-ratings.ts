import { z } from "zod";
import { defineConsumer } from "../src/broker/define-consumer.ts";

const rating = z.object({ SiteId: z.int(), ratingGrade: z.int().min(1).max(5) });

/** Counts grades per site in a table of its own. Counting and confirming are one transaction: no rating counts twice. */
export default defineConsumer({
  queue: "RatingCountQueue",
  delivery: "transactional",
  schemas: { "chat.rating.submitted": rating },
  async handle(event, { tx }) {
    const { SiteId, ratingGrade } = event.data as z.infer<typeof rating>;
    await tx.query(
      `insert into rating_counts as c (site_id, grade, count) values ($1, $2, 1)
       on conflict (site_id, grade) do update set count = c.count + 1`,
      [SiteId, ratingGrade],
    );
  },
});
