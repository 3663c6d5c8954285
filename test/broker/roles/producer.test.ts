import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, putEvent, value } from "../test-queue.ts";
import { useLogin } from "./login.ts";

const db = useDatabase();
const login = useLogin(db, "parley_producer");
let producer: Client;

beforeAll(async () => {
  producer = await login.connect();
});

const waiting = (event: string) =>
  value<number>(
    db.pool,
    "select count(*) from broker.messages m join broker.events e on e.id = m.event_id where e.name = $1",
    [event],
  );

it("inserts, and learns the ids", async () => {
  const ids = await column(
    producer,
    `insert into broker.events (name, data, key, dedupe_id, run_at)
     values ('ban.added', '{}', 'k', 'd', null), ('ban.added', '{}', null, null, '2000-01-01') returning id`,
  );
  expect(ids).toHaveLength(2);
  expect(await waiting("ban.added")).toBe(2);
});

it("copies", async () => {
  await pipeline(
    Readable.from(["chat.queued\t{}\n"]),
    producer.query(copyFrom("copy broker.events (name, data) from stdin")),
  );
  expect(await waiting("chat.queued")).toBe(1);
});

it("calls put_event, with a dedupe id and for later", async () => {
  const put = () => putEvent(producer, "chat.started", {}, { dedupeId: "once" });
  expect(await put()).toBe(await put());
  await putEvent(producer, "chat.started", {}, { runAt: "2120-01-01" });
  expect(await waiting("chat.started")).toBe(1);
});

it("sees which events there are", async () => {
  expect(await column(producer, "select name from broker.t_chatserver_event")).toContain("chat.ended");
});

it("is told what is wrong as anybody is", async () => {
  await expect(putEvent(producer, "chat.endet")).rejects.toMatchObject({ code: "PA001" });
});
