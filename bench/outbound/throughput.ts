import { Child } from "../lib/child.ts";
import type { Bench, Part } from "../lib/part.ts";
import { inTurn } from "../lib/rounds.ts";
import { median, medianRatio } from "../lib/statistics.ts";
import { count, perSecond } from "../lib/words.ts";
import type { PeerReport } from "../processes/outbound-peer.ts";
import { addDestinations, DOCUMENT, put, untilDelivered } from "./lib/destinations.ts";

const ANSWER_MS = 50;
const CONCURRENCY = 50;
const ROUNDS = 3;

/** One endpoint that answers in 50 ms: what the engine costs beside the calls themselves. */
export const outboundThroughput: Part = {
  name: "outbound-throughput",
  async run(bench) {
    const deliveries = bench.quick ? 3_000 : 10_000;
    const rates = await inTurn(bench, ROUNDS, {
      parley: () => delivered(bench, deliveries),
      fetch: () => fetched(deliveries),
    });
    const ratio = medianRatio(rates.parley, rates.fetch);
    return [
      {
        what: `${count(deliveries)} events put, accepted and delivered to an endpoint that answers in ${ANSWER_MS} ms, one process, concurrency ${CONCURRENCY}`,
        measured: perSecond(median(rates.parley), "deliveries"),
        yardstick: `plain fetch, the same concurrency: ${perSecond(median(rates.fetch), "calls")}`,
        ratio,
        required: "0.8 or more",
        met: ratio >= 0.8,
      },
    ];
  },
};

/** Between the first request and the last: starting up does not count. */
function delivered({ server }: Bench, deliveries: number): Promise<number> {
  return server.withDatabase(async ({ url, pool }) => {
    const peer = new Child<PeerReport, { port: number }>("outbound-peer.ts", { answerMs: ANSWER_MS });
    const { port } = await peer.ready;
    await addDestinations(pool, [`http://127.0.0.1:${port}/`], CONCURRENCY);
    const worker = await Child.start<void>("outbound-worker.ts", { url });
    await put(pool, deliveries);
    await worker.whileAlive(untilDelivered(pool, 0, 120));
    await worker.finish();
    const times = (await peer.finish()).requests.map(({ at }) => at);
    return rateOf(times);
  });
}

async function fetched(calls: number): Promise<number> {
  const peer = new Child<PeerReport, { port: number }>("outbound-peer.ts", { answerMs: ANSWER_MS });
  const { port } = await peer.ready;
  const url = `http://127.0.0.1:${port}/`;
  const fetching = await Child.start<number>("outbound-fetch.ts", {
    url,
    count: calls,
    concurrency: CONCURRENCY,
    data: DOCUMENT,
  });
  await fetching.finish();
  return rateOf((await peer.finish()).requests.map(({ at }) => at));
}

function rateOf(times: number[]): number {
  return (times.length - 1) / ((Math.max(...times) - Math.min(...times)) / 1000);
}
