import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import { requestOf } from "../outbound/lib/http-adapter.ts";

/** The yardstick: so many fetches, so many at a time, and nothing else. */
await runAsChild(async (options: { url: string; count: number; concurrency: number; data: unknown }) => {
  const { url, count, concurrency, data } = options;
  const startedAt = now();
  let next = 0;
  const work = Array.from({ length: concurrency }, async () => {
    while (next < count) await (await fetch(url, requestOf(`fetch-${next++}`, data))).text();
  });
  const done = Promise.all(work).then(() => now() - startedAt);
  return () => done;
});
