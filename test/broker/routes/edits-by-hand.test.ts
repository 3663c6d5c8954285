import type { Client } from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { putEvent, TestQueue } from "../test-queue.ts";

const db = useDatabase();
let dba: Client;
let one: TestQueue;
let other: TestQueue;

/** Each test edits in a transaction of its own, so that the next finds the seeded routes again. */
beforeEach(async () => {
  dba = await db.connect();
  await dba.query("begin");
  one = await TestQueue.create(dba);
  other = await TestQueue.create(dba);
});

afterEach(async () => {
  await dba.end();
});

const refusesEvent = { code: "PA001" };

it("a row inserted routes", async () => {
  await dba.query("insert into broker.t_chatserver_queue values (10, $1), (10, $2)", [one.name, other.name]);
  const id = await putEvent(dba, "ban.added");
  expect(await one.waiting()).toEqual([id]);
  expect(await other.waiting()).toEqual([id]);
});

it("a row updated moves the route", async () => {
  await dba.query("update broker.t_chatserver_queue set name = $2 where name = $1", [one.name, other.name]);
  const id = await putEvent(dba, one.event);
  expect(await one.waiting()).toEqual([]);
  expect(await other.waiting()).toEqual([id]);
});

it("a row deleted ends the route", async () => {
  await dba.query("delete from broker.t_chatserver_queue where name = $1", [one.name]);
  await putEvent(dba, one.event);
  expect(await one.waiting()).toEqual([]);
});

it("without any route, every event is still known", async () => {
  await dba.query("truncate broker.t_chatserver_queue");
  await putEvent(dba, "chat.ended");
  await putEvent(dba, one.event);
  expect(await one.waiting()).toEqual([]);
});

it("an event inserted is known at once", async () => {
  await dba.query("insert into broker.t_chatserver_event (name) values ('shop.order.placed')");
  await putEvent(dba, "shop.order.placed");
});

it("an event renamed is known by its new name only, with its routes", async () => {
  await dba.query("update broker.t_chatserver_event set name = 'renamed' where name = $1", [one.event]);
  const id = await putEvent(dba, "renamed");
  expect(await one.waiting()).toEqual([id]);
  await expect(putEvent(dba, one.event)).rejects.toMatchObject(refusesEvent);
});

it("an event deleted is unknown, and its routes are gone", async () => {
  await dba.query("delete from broker.t_chatserver_event where name = $1", [one.event]);
  await dba.query("savepoint refused");
  await expect(putEvent(dba, one.event)).rejects.toMatchObject(refusesEvent);
  await dba.query("rollback to refused");
  await dba.query("insert into broker.t_chatserver_event (name) values ($1)", [one.event]);
  await putEvent(dba, one.event);
  expect(await one.waiting()).toEqual([]);
});

it("without any event, every put is refused", async () => {
  await dba.query("truncate broker.t_chatserver_event cascade");
  await expect(putEvent(dba, "chat.ended")).rejects.toMatchObject(refusesEvent);
});

it("a route to a queue that does not exist is refused", async () => {
  await expect(
    dba.query("insert into broker.t_chatserver_queue values (10, 'Nowhere')"),
  ).rejects.toMatchObject({ code: "23503" });
});

it("events are known by their exact name", async () => {
  await expect(putEvent(dba, "Chat.Ended")).rejects.toMatchObject(refusesEvent);
});
