import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import type { Bench, Part } from "../lib/part.ts";
import { median, quantile } from "../lib/statistics.ts";
import { count, percentiles } from "../lib/words.ts";
import type { PeerReport } from "../processes/outbound-peer.ts";
import { addDestinations, put, untilDelivered } from "./lib/destinations.ts";

const ENDPOINTS = 100;
const ANSWER_MS = 20;
const CONCURRENCY = 10;
const ROUNDS = 5;
/** Events a second; each goes to every endpoint. */
const PACE = 3;

interface Leg {
  rate: number;
  /** From a put to its requests. */
  ms: number[];
}

/** A hundred endpoints of an account, at a steady pace: all alive, or one of them dead. The others must not notice. */
export const outboundDeadEndpoint: Part = {
  name: "outbound-dead-endpoint",
  async run(bench) {
    const legs: { alive: Leg[]; dead: Leg[] } = { alive: [], dead: [] };
    for (let round = 1; round <= ROUNDS; round++) {
      // In turn each goes first: the machine changes as they run.
      for (const name of round % 2 === 1 ? (["alive", "dead"] as const) : (["dead", "alive"] as const)) {
        const leg = await paced(bench, name === "dead");
        legs[name].push(leg);
        bench.progress(`round ${round} of ${ROUNDS}, ${name}: ${count(leg.rate)}/s, ${percentiles(leg.ms)}`);
      }
    }
    const rateOf = (name: "alive" | "dead") => median(legs[name].map((leg) => leg.rate));
    // Of all rounds together: from one to the next, latency differs by more than is to be measured.
    const msOf = (name: "alive" | "dead") => legs[name].flatMap((leg) => leg.ms);
    const rate = rateOf("dead") / rateOf("alive");
    const latency = quantile(msOf("dead"), 0.5) / quantile(msOf("alive"), 0.5);
    const what = `${ENDPOINTS} endpoints, ${PACE * ENDPOINTS} deliveries/s, one endpoint dead: the other ${ENDPOINTS - 1}`;
    return [
      {
        what: `${what}, rate`,
        measured: `${count(rateOf("dead"))}/s`,
        yardstick: `all alive: ${count(rateOf("alive"))}/s`,
        ratio: rate,
        required: "0.95 or more",
        met: rate >= 0.95,
      },
      {
        what: `${what}, put to request, p50`,
        measured: percentiles(msOf("dead")),
        yardstick: `all alive: ${percentiles(msOf("alive"))}`,
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
    return { rate: measured.length / seconds, ms: measured.map((one) => one.ms) };
  });
}
