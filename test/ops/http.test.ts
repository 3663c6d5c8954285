import { describe, expect, it } from "vitest";
import { createPool } from "../../src/db/connect.ts";
import { createLog } from "../../src/log.ts";
import { buildHttp, type HttpOptions } from "../../src/ops/http.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

function build(options: Partial<HttpOptions> = {}) {
  const pool = options.pool ?? db.pool;
  const isReady = () => ({ ready: true }) as const;
  return buildHttp({ pool, metrics: createMetrics(pool), log: createLog("silent"), isReady, ...options });
}

const unreachable = () => createPool("postgres://nobody@127.0.0.1:1/none", { applicationName: "test" });

describe("/healthz", () => {
  it("answers for the process, whatever the database does", async () => {
    const answer = await build({ pool: unreachable() }).inject("/healthz");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: "ok" });
  });
});

it("requests that never arrive whole are given up within a minute", () => {
  expect(build().server.requestTimeout).toBe(60_000);
});

describe("/readyz", () => {
  it("is 200 when database and process are ready", async () => {
    const answer = await build().inject("/readyz");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ready: true });
  });

  it("is 503 with the reason when the process is not", async () => {
    const reason = "the worker has stopped";
    const answer = await build({ isReady: async () => ({ ready: false, reason }) }).inject("/readyz");
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, reason });
  });

  it("is 503 when the database cannot be reached", async () => {
    const answer = await build({ pool: unreachable() }).inject("/readyz");
    expect(answer.statusCode).toBe(503);
    expect(answer.json().reason).toBe("the database does not answer");
  });

  it("is 503 rather than silent when the question hangs", async () => {
    const answer = await build({ isReady: () => new Promise(() => {}) }).inject("/readyz");
    expect(answer.statusCode).toBe(503);
  });
});

describe("/metrics", () => {
  it("speaks the format of Prometheus", async () => {
    const answer = await build().inject("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain; version=0.0.4");
    expect(answer.body).toContain("parley_up 1");
  });

  it("answers with parley_up 0 while the database is down", async () => {
    const answer = await build({ pool: unreachable() }).inject("/metrics");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("parley_up 0");
  });
});

it("says at / where to look", async () => {
  const answer = await build().inject("/");
  expect(answer.headers["content-type"]).toContain("text/plain");
  expect(answer.body).toContain("/metrics");
});

it("answers an unknown path in JSON, without its query string", async () => {
  const answer = await build().inject("/nothing?token=secret");
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toEqual({ error: { message: "there is no GET /nothing" } });
});

it("keeps what went wrong inside to the log", async () => {
  const app = build();
  app.get("/broken", async () => {
    throw new Error("password is hunter2");
  });
  const answer = await app.inject("/broken");
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({ error: { message: "internal error" } });
});
