import type { onRequestAsyncHookHandler } from "fastify";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Api } from "../api/api.ts";
import { outcomeOf } from "../api/outcome.ts";

type Kind = "graphql" | "export";

/** From what a single row takes to the time after which an export is stopped. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

/** A download whose client went away, or that broke: its status has been sent before. */
const BROKEN_OFF = "BROKEN_OFF";

/** Counts the API's requests, by a hook that its routes have first. */
export function createApiMetrics(registry: Registry, api: Api): (kind: Kind) => onRequestAsyncHookHandler {
  const registers = [registry];
  const requests = new Counter({
    name: "parley_api_requests_total",
    help: "Requests to the API, by the code of their first error, or OK.",
    labelNames: ["kind", "outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "parley_api_request_seconds",
    help: "Time from a request to the end of its answer.",
    labelNames: ["kind"],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const gates = { graphql: api.gate, export: api.exportGate };
  const gauge = (name: string, help: string, read: (gate: (typeof gates)[Kind]) => number) =>
    new Gauge({
      name: `parley_api_${name}`,
      help,
      labelNames: ["kind"],
      registers,
      collect() {
        for (const [kind, gate] of Object.entries(gates)) this.set({ kind }, read(gate));
      },
    });
  gauge("running", "Requests that are executed now.", (gate) => gate.inside);
  gauge("waiting", "Requests that wait for others to end.", (gate) => gate.waiting);

  return (kind) => async (request, reply) => {
    // Fastify tells only of answers that end.
    reply.raw.once("close", () => {
      requests.inc({ kind, outcome: reply.raw.writableEnded ? outcomeOf(request) : BROKEN_OFF });
      seconds.observe({ kind }, reply.elapsedTime / 1000);
    });
  };
}
