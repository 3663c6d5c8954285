import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import type { Bench, Part } from "../lib/part.ts";
import { median, quantile } from "../lib/statistics.ts";
import { count, milliseconds } from "../lib/words.ts";
import type { PeerReport } from "../processes/outbound-peer.ts";
import { addDestinations, put, untilDelivered } from "./lib/destinations.ts";

const ENDPOINTS = 100;
const ANSWER_MS = 20;
const CONCURRENCY = 10;
const ROUNDS = 3;
/** Events a second; each goes to every endpoint. */
const PACE = 3;

interface Leg {
  rate: number;
  p50: number;
  p95: number;
}

/** A hundred endpoints of an account, at a steady pace: all alive, or one of them dead. The others must not notice. */
export const outboundDeadEndpoint: Part = {
  name: "outbound-dead-endpoint",
  async run(bench) {
    const legs: { alive: Leg[]; dead: Leg[] } = { alive: [], dead: [] };
    for (let round = 1; round <= ROUNDS; round++) {
      for (const name of ["alive", "dead"] as const) {
        const leg = await paced(bench, name === "dead");
        legs[name].push(leg);
        bench.progress(
          `round ${round} of ${ROUNDS}, ${name}: ${count(leg.rate)}/s, p50 ${milliseconds(leg.p50)}, p95 ${milliseconds(leg.p95)}`,
        );
      }
    }
    const ratioOf = (read: (leg: Leg) => number) =>
      median(legs.dead.map((leg, round) => read(leg) / read(legs.alive[round]!)));
    const of = (name: "alive" | "dead", read: (leg: Leg) => number) => median(legs[name].map(read));
    const rate = ratioOf((leg) => leg.rate);
    const latency = ratioOf((leg) => leg.p50);
    const what = `${ENDPOINTS} endpoints, ${PACE * ENDPOINTS} deliveries/s, one endpoint dead: the other ${ENDPOINTS - 1}`;
    return [
      {
        what: `${what}, rate`,
        measured: `${count(of("dead", (leg) => leg.rate))}/s`,
        yardstick: `all alive: ${count(of("alive", (leg) => leg.rate))}/s`,
        ratio: rate,
        required: "0.95 or more",
        met: rate >= 0.95,
      },
      {
        what: `${what}, put to request, p50`,
        measured: `${milliseconds(of("dead", (leg) => leg.p50))} (p95 ${milliseconds(of("dead", (leg) => leg.p95))})`,
        yardstick: `all alive: ${milliseconds(of("alive", (leg) => leg.p50))} (p95 ${milliseconds(of("alive", (leg) => leg.p95))})`,
        ratio: latency,
        required: "1.05 or less",
        met: latency <= 1.05,
      },
    ];
  },
};

function paced({ server, quick }: Bench, isOneDead: boolean): Promise<Leg> {
  return server.withDatabase(async ({ url, pool }) => {
    const peer = new Child<PeerReport, { port: number }>("outbound-peer.ts", { answerMs: ANSWER_MS });
    const { port } = await peer.ready;
    const urls = Array.from(
      { length: ENDPOINTS },
      (_, n) => `http://127.0.0.1:${port}/${isOneDead && n === 0 ? "dead" : n}`,
    );
    await addDestinations(pool, urls, CONCURRENCY);
    const worker = await Child.start<void>("outbound-worker.ts", { url });
    const puts = new Map<number, number>();
    const events = PACE * (quick ? 8 : 30);
    await put(pool, 1);
    await sleep(2_000);
    const startedAt = now();
    for (let n = 0; n < events; n++) {
      await sleep(Math.max(0, startedAt + (n * 1000) / PACE - now()));
      const at = now();
      await put(pool, 1);
      const { rows } = await pool.query(
        "select max(id)::float8 as id from broker.events where name = 'chat.ended'",
      );
      puts.set(rows[0].id, at);
    }
    await worker.whileAlive(untilDelivered(pool, isOneDead ? events + 1 : 0, 120));
    await worker.finish();
    const living = (await peer.finish()).requests.filter(({ path }) => path !== "/dead" && path !== "/0");
    const measured = living.flatMap(({ id, at }) => {
      // origin-event-destination
      const putAt = puts.get(Number(id.split("-")[1]));
      return putAt === undefined ? [] : [{ at, ms: at - putAt }];
    });
    const seconds = (Math.max(...measured.map(({ at }) => at)) - startedAt) / 1000;
    const ms = measured.map((one) => one.ms);
    return { rate: measured.length / seconds, p50: quantile(ms, 0.5), p95: quantile(ms, 0.95) };
  });
}
