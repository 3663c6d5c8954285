import type pg from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { BrokerObserver } from "../broker/observer.ts";
import { within } from "./within.ts";

const SCRAPE_TIMEOUT_MS = 2000;

/** From the milliseconds that a local handler takes to the minutes that a backlog does. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What /metrics shows, and the observer through which the worker counts. */
export interface Metrics {
  observer: BrokerObserver;
  registry: Registry;
}

/** Gauges of queues and statistics are read from the database at each scrape; everything else is counted in this process. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "parley_" });
  addGauges(registry, pool);
  return { observer: createObserver(registry), registry };
}

function createObserver(registry: Registry): BrokerObserver {
  const of = (name: string, help: string) => ({
    name: `parley_${name}`,
    help,
    labelNames: ["queue"] as const,
    registers: [registry],
  });
  const delivered = new Counter(of("delivered_total", "Messages handled by this process."));
  const retried = new Counter(of("retried_total", "Failed attempts of this process that will be retried."));
  const deadLettered = new Counter(
    of("dead_lettered_total", "Messages this process sent to the error queue."),
  );
  const handling = new Histogram({
    ...of("handling_seconds", "Time a handler took for a message."),
    buckets: LATENCY_BUCKETS,
  });
  const putToHandled = new Histogram({
    ...of("put_to_handled_seconds", "Time from the put of an event to the end of its handling."),
    buckets: LATENCY_BUCKETS,
  });
  const attempts = new Counter({
    name: "parley_delivery_attempts_total",
    help: "Attempts of this process to deliver to a destination outside, by what came of them.",
    labelNames: ["kind", "destination", "outcome"] as const,
    registers: [registry],
  });
  const attempting = new Histogram({
    name: "parley_delivery_attempt_seconds",
    help: "Time that destinations of a kind took for an attempt.",
    labelNames: ["kind"] as const,
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  return {
    delivered: (queue, count) => delivered.inc({ queue }, count),
    retried: (queue, count) => retried.inc({ queue }, count),
    deadLettered: (queue, count) => deadLettered.inc({ queue }, count),
    handled: (queue, seconds) => handling.observe({ queue }, seconds),
    putToHandled: (queue, seconds) => putToHandled.observe({ queue }, seconds),
    attempted: (kind, destination, outcome, seconds) => {
      attempts.inc({ kind, destination, outcome });
      attempting.observe({ kind }, seconds);
    },
  };
}

interface QueueDepths {
  queue: string;
  waiting: number;
  oldest_age_s: number | null;
  delayed: number;
  errors: number;
  readers: number;
  enabled: boolean;
}

const QUEUE_GAUGES: Record<string, { help: string; read: (row: QueueDepths) => number }> = {
  queue_depth: { help: "Messages ready to be delivered.", read: (row) => row.waiting },
  queue_oldest_age_seconds: {
    help: "Age of the oldest undelivered event; 0 when there is none.",
    read: (row) => row.oldest_age_s ?? 0,
  },
  queue_delayed: { help: "Scheduled messages and retries.", read: (row) => row.delayed },
  queue_errors: { help: "Messages in the error queue.", read: (row) => row.errors },
  queue_readers: { help: "Sessions that read the queue now.", read: (row) => row.readers },
  queue_enabled: { help: "0 while the queue is paused.", read: (row) => Number(row.enabled) },
};

interface DestinationState {
  id: number;
  kind: string;
  state: string;
  waiting: number;
}

/** As outbound.destination_states names them. */
const DESTINATION_STATES = ["works", "failing", "down", "misconfigured", "switched off", "disabled"];

interface StatisticsState {
  pending: number;
  differences: number | null;
}

const STATISTICS_GAUGES: Record<string, { help: string; read: (row: StatisticsState) => number | null }> = {
  stats_pending: { help: "Changes that are not summed yet.", read: (row) => row.pending },
  stats_differences: {
    help: "What the last nightly comparison of statistics with their rows found; must be 0.",
    read: (row) => row.differences,
  },
};

interface State {
  queues: QueueDepths[];
  statistics: StatisticsState;
  destinations: DestinationState[];
}

function addGauges(registry: Registry, pool: pg.Pool): void {
  // All gauges of a scrape share one look at the database.
  let looking: Promise<State | undefined> | undefined;
  const look = () => {
    looking ??= readState(pool)
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };

  for (const [name, { help, read }] of Object.entries(QUEUE_GAUGES)) {
    new Gauge({
      name: `parley_${name}`,
      help,
      labelNames: ["queue"],
      registers: [registry],
      async collect() {
        const state = await look();
        // Dropped queues disappear, and no stale number stands for a database that does not answer.
        this.reset();
        for (const row of state?.queues ?? []) this.set({ queue: row.queue }, read(row));
      },
    });
  }
  for (const [name, { help, read }] of Object.entries(STATISTICS_GAUGES)) {
    new Gauge({
      name: `parley_${name}`,
      help,
      registers: [registry],
      async collect() {
        const state = await look();
        const value = state ? read(state.statistics) : null;
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  }
  new Gauge({
    name: "parley_destinations",
    help: "Destinations outside, by kind and how they are.",
    labelNames: ["kind", "state"],
    registers: [registry],
    async collect() {
      const destinations = (await look())?.destinations ?? [];
      this.reset();
      for (const kind of new Set(destinations.map((row) => row.kind))) {
        for (const state of DESTINATION_STATES) this.set({ kind, state }, 0);
      }
      for (const { kind, state } of destinations) this.inc({ kind, state });
    },
  });
  new Gauge({
    name: "parley_destination_waiting",
    help: "Deliveries that wait for a destination, counted up to 10000; those for which none waits are left out.",
    labelNames: ["kind", "destination"],
    registers: [registry],
    async collect() {
      const destinations = (await look())?.destinations ?? [];
      this.reset();
      for (const { kind, id, waiting } of destinations)
        if (waiting > 0) this.set({ kind, destination: id }, waiting);
    },
  });
  new Gauge({
    name: "parley_up",
    help: "1 when the database answered this scrape.",
    registers: [registry],
    async collect() {
      this.set((await look()) ? 1 : 0);
    },
  });
}

async function readState(pool: pg.Pool): Promise<State> {
  // The server's limit frees the connection, ours holds when there is no connection to be had.
  const answer = pool.query(`
    begin read only;
    set local statement_timeout = ${SCRAPE_TIMEOUT_MS};
    select queue, enabled, waiting, delayed, errors, oldest_age_s::float8, readers from broker.queue_status;
    select pending::float8, differences::float8 from stats.state();
    select id, kind, state, waiting from outbound.destination_states;
    commit;
  `) as unknown as Promise<pg.QueryResult[]>;
  const results = await within(SCRAPE_TIMEOUT_MS, answer);
  return { queues: results[2]!.rows, statistics: results[3]!.rows[0], destinations: results[4]!.rows };
}
