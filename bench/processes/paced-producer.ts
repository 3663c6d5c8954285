import type pg from "pg";
import { connect } from "../../src/db/connect.ts";
import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import { chatEnded } from "../lib/documents.ts";
import { addSample, type Samples } from "../lib/statistics.ts";

const CONNECTIONS = 8;

export type ProducerReport = { puts: Samples };

/** Single puts of `chat.ended` at a fixed rate, whether those before have been answered or not. */
await runAsChild(async ({ url, perSecond }: { url: string; perSecond: number }) => {
  const lines = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => ({
      connection: await connect(url, "parley bench producer"),
      answered: Promise.resolve(),
    })),
  );
  const puts: Samples = { at: [], ms: [] };
  const startedAt = now();
  let begun = 0;
  const timer = setInterval(() => {
    const due = ((now() - startedAt) / 1000) * perSecond;
    while (begun < due) {
      const line = lines[begun++ % CONNECTIONS]!;
      const sentAt = now();
      // Waiting for an answer before it counts as part of a put: the pace does not wait.
      line.answered = line.answered.then(() => put(line.connection, sentAt));
    }
  }, 1);
  return async () => {
    clearInterval(timer);
    await Promise.all(lines.map((line) => line.answered));
    return { puts } satisfies ProducerReport;
  };

  async function put(connection: pg.Client, sentAt: number): Promise<void> {
    await connection.query({
      name: "put",
      text: "insert into broker.events (name, data) values ('chat.ended', $1)",
      values: [chatEnded({ SentAt: sentAt })],
    });
    addSample(puts, sentAt, now() - sentAt);
  }
});
