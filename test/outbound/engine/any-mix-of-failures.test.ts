import fc from "fast-check";
import { expect, it } from "vitest";
import { runs, within } from "../../setup/proof.ts";
import { until } from "../../setup/until.ts";
import { dispatchBy, fastClock } from "./fast-clock.ts";
import { httpAdapter } from "./http-adapter.ts";
import { type Receiver, receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

/** What the peer does with an attempt. */
const answer = fc.constantFrom(
  "take",
  "take",
  "take",
  "fail",
  "refuse",
  "down",
  "drop",
  "hang",
  "take and drop",
);
const script = fc.record({
  /** Of each event: its key, and what becomes of its attempts; later ones are taken. */
  events: fc.array(
    fc.record({ key: fc.integer({ min: 0, max: 4 }), answers: fc.array(answer, { maxLength: 5 }) }),
    {
      minLength: 1,
      maxLength: 25,
    },
  ),
  concurrency: fc.integer({ min: 1, max: 6 }),
  /** The peer is away from one attempt on, for so many. */
  away: fc.record({ from: fc.nat(20), attempts: fc.nat(12) }),
});

it(
  "any mix of failures ends with each delivery delivered or in the error queue with its reason",
  async () => {
    await fc.assert(
      fc.asyncProperty(script, async ({ events, concurrency, away }) => {
        const attemptsOf = new Map<number, number>();
        let requests = 0;
        const peer: Receiver = await receiver(({ data }, response) => {
          const request = requests++;
          if (request >= away.from && request < away.from + away.attempts) return 503;
          const attempt = attemptsOf.get(data.n) ?? 0;
          attemptsOf.set(data.n, attempt + 1);
          switch (events[data.n]!.answers[attempt] ?? "take") {
            case "fail":
              return 409;
            case "refuse":
              return 400;
            case "down":
              return 503;
            case "hang":
              return undefined;
            case "drop":
            case "take and drop":
              response.destroy();
              return undefined;
            default:
              return 200;
          }
        });
        const destination = await engine.destination({ url: peer.url, concurrency });
        const ids = await engine.put(events.length, { keyOf: (n) => `key ${events[n]!.key}` });
        await engine.pool.query(
          "select outbound.accept('webhook', array_agg(1::bigint), array_agg(e.id order by e.id), array_agg(e.name order by e.id), array_agg(e.key order by e.id)) from broker.events e where e.id = any ($1)",
          [ids],
        );
        await engine.pool.query(`delete from broker."WebHookQueue"`);
        const dispatcher = dispatchBy(
          fastClock(100),
          engine.database.url,
          httpAdapter({ retryAfterSeconds: [2, 4], timeoutSeconds: 20 }),
        );
        try {
          await until(
            "nothing waits",
            async () =>
              (
                await engine.one<{ done: boolean }>(
                  "select not exists (select from outbound.deliveries where destination_id = $1 and state <> 'rejected') as done",
                  [destination],
                )
              ).done,
            90_000,
          );
        } finally {
          await dispatcher.stop();
          await peer.close();
        }
        const { rows } = await engine.pool.query(
          `select d.event_id::float8 as event, e.error_code, e.error
         from outbound.deliveries d join broker.error_messages e on e.id = d.error_id where d.destination_id = $1`,
          [destination],
        );
        for (const { error_code, error } of rows)
          expect(`${error_code} ${error}`).toMatch(/^PA\d{3} destination \d+ ".*": ./);
        const rejected = rows.map(({ event }) => event);
        const taken = peer.taken.map(({ eventId }) => eventId);
        expect([...new Set([...taken, ...rejected])].sort((a, b) => a - b)).toEqual(ids);
        // What was taken came in the order of its key.
        for (let key = 0; key <= 4; key++) {
          const numbers = peer.taken.filter((one) => one.key === `key ${key}`).map(({ data }) => data.n);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
        await engine.pool.query("delete from outbound.destinations");
      }),
      { numRuns: runs(10), endOnFailure: true },
    );
  },
  within(240_000),
);
