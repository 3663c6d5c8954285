import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createPool } from "../../src/db/connect.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

/** The value of one sample, such as `parley_up` or `parley_queue_depth{queue="EmailQueue"}`. */
async function sample(metrics: ReturnType<typeof createMetrics>, name: string): Promise<number | undefined> {
  const text = await metrics.registry.metrics();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

describe("gauges of the queues", () => {
  it("show what waits at the time of the scrape", async () => {
    const metrics = createMetrics(db.pool);
    expect(await sample(metrics, 'parley_queue_depth{queue="TicketQueue"}')).toBe(0);

    await db.pool.query("select broker.put_event('chat.ended', '{}'), broker.put_event('chat.ended', '{}')");

    expect(await sample(metrics, 'parley_queue_depth{queue="TicketQueue"}')).toBe(2);
    expect(await sample(metrics, 'parley_queue_oldest_age_seconds{queue="TicketQueue"}')).toBeGreaterThan(0);
    expect(await sample(metrics, "parley_up")).toBe(1);
  });

  it("show that a queue is paused", async () => {
    const metrics = createMetrics(db.pool);
    expect(await sample(metrics, 'parley_queue_enabled{queue="EmailQueue"}')).toBe(1);
    await db.pool.query("select broker.pause_queue('EmailQueue')");
    expect(await sample(metrics, 'parley_queue_enabled{queue="EmailQueue"}')).toBe(0);
  });

  it("forget a queue that was dropped", async () => {
    const metrics = createMetrics(db.pool);
    await db.pool.query("select broker.create_queue('ShortLived')");
    expect(await sample(metrics, 'parley_queue_depth{queue="ShortLived"}')).toBe(0);
    await db.pool.query("select broker.drop_queue('ShortLived')");
    expect(await sample(metrics, 'parley_queue_depth{queue="ShortLived"}')).toBeUndefined();
  });

  it("leave the pool's connections as they were", async () => {
    const metrics = createMetrics(db.pool);
    await metrics.registry.metrics();
    const { rows } = await db.pool.query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in%'",
    );
    expect(rows[0].n).toBe(0);
  });
});

describe("a database that does not answer", () => {
  it("makes parley_up 0 within seconds, and leaves out the queues", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as AddressInfo;
    const pool = createPool(`postgres://nobody@127.0.0.1:${port}/none`, { applicationName: "test" });
    onTestFinished(() => void silent.close());
    const metrics = createMetrics(pool);

    const start = performance.now();
    const text = await metrics.registry.metrics();
    expect(performance.now() - start).toBeLessThan(4000);
    expect(text).toContain("\nparley_up 0\n");
    expect(text).not.toContain("parley_queue_depth{");
  });

  it("is left alone by a scrape that waited for a lock too long", async () => {
    const blocker = await db.connect();
    await blocker.query("begin; lock table broker.queues in access exclusive mode");
    const metrics = createMetrics(db.pool);
    expect(await sample(metrics, "parley_up")).toBe(0);
    await blocker.query("rollback");
    expect(await sample(metrics, "parley_up")).toBe(1);
  });
});

describe("the observer", () => {
  it("counts per queue what the worker reports", async () => {
    const metrics = createMetrics(db.pool);
    metrics.observer.delivered("EmailQueue", 3);
    metrics.observer.delivered("EmailQueue", 4);
    metrics.observer.retried("EmailQueue", 2);
    metrics.observer.deadLettered("TicketQueue", 1);
    expect(await sample(metrics, 'parley_delivered_total{queue="EmailQueue"}')).toBe(7);
    expect(await sample(metrics, 'parley_retried_total{queue="EmailQueue"}')).toBe(2);
    expect(await sample(metrics, 'parley_dead_lettered_total{queue="TicketQueue"}')).toBe(1);
  });

  it("sorts times into buckets from a millisecond on", async () => {
    const { observer, registry } = createMetrics(db.pool);
    observer.handled("EmailQueue", 0.0008);
    observer.putToHandled("EmailQueue", 0.004);
    const text = await registry.metrics();
    expect(text).toContain('parley_handling_seconds_bucket{le="0.001",queue="EmailQueue"} 1');
    expect(text).toContain('parley_put_to_handled_seconds_bucket{le="0.0025",queue="EmailQueue"} 0');
    expect(text).toContain('parley_put_to_handled_seconds_bucket{le="0.005",queue="EmailQueue"} 1');
  });
});

it("shows the process too", async () => {
  expect(await sample(createMetrics(db.pool), "parley_process_resident_memory_bytes")).toBeGreaterThan(0);
});
