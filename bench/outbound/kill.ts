import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../lib/child.ts";
import type { Part } from "../lib/part.ts";
import { count } from "../lib/words.ts";
import type { PeerReport } from "../processes/outbound-peer.ts";
import { addDestinations, put, untilDelivered } from "./lib/destinations.ts";

const ANSWER_MS = 20;
const CONCURRENCY = 10;
const LIFE_MS = { shortest: 800, longest: 2_500 };

/** `kill -9` of the worker process at random moments while it delivers. */
export const outboundKill: Part = {
  name: "outbound-kill",
  run: ({ server, quick, progress }) =>
    server.withDatabase(async ({ url, pool }) => {
      const kills = quick ? 5 : 20;
      const peer = new Child<PeerReport, { port: number }>("outbound-peer.ts", { answerMs: ANSWER_MS });
      const { port } = await peer.ready;
      await addDestinations(
        pool,
        Array.from({ length: 4 }, (_, n) => `http://127.0.0.1:${port}/${n}`),
        CONCURRENCY,
      );
      for (let kill = 1; kill <= kills; kill++) {
        await put(pool, 500);
        const worker = await Child.start<void>("outbound-worker.ts", { url });
        await sleep(LIFE_MS.shortest + Math.random() * (LIFE_MS.longest - LIFE_MS.shortest));
        await worker.kill();
        progress(`kill ${kill} of ${kills}`);
      }
      const last = await Child.start<void>("outbound-worker.ts", { url });
      await last.whileAlive(untilDelivered(pool, 0, 120));
      await last.finish();
      const { requests } = await peer.finish();
      const ids = new Set(requests.map(({ id }) => id));
      const { rows } = await pool.query("select count(*)::int as errors from broker.error_messages");
      const wanted = kills * 500 * 4;
      const lost = wanted - ids.size;
      const under = `${kills} kill -9 of the worker during deliveries`;
      return [
        {
          what: `${under}: lost`,
          measured: `${count(lost)} of ${count(wanted)} (${count(rows[0].errors)} in the error queue)`,
          required: "0",
          met: lost === 0 && rows[0].errors === 0,
        },
        {
          what: `${under}: delivered again, with the same id`,
          measured: `${count(requests.length - ids.size)} of ${count(wanted)}, ${((requests.length - ids.size) / kills).toFixed(1)} a kill`,
        },
      ];
    }),
};
