import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import type { Document } from "../deliver.ts";
import { AGENT, at, chat, newVisitor, settled, useChats } from "./use-chats.ts";

const db = useDatabase();
const { store, dialogOf, conversationsOf } = useChats(db);

describe("the chats of a visitor", () => {
  const days = ["2026-01-01", "2026-01-02", "2026-01-03"];
  const onDay = (day: number, changes: Document) =>
    chat({
      Start: `${days[day]}T09:00:00Z`,
      End: `${days[day]}T09:10:00Z`,
      Messages: [{ Id: 1, SenderType: AGENT, Message: "…", Time: `${days[day]}T09:01:00Z` }],
      ...changes,
    });

  it.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    "are dialogs of one conversation, in order of time, when they are delivered as %j",
    async (order) => {
      const Visitor = newVisitor();
      const name = (day: number) => `${Visitor.Id} ${day}`;
      for (const day of order)
        await store(onDay(day, { ChatId: name(day), Visitor, AgentIds: [21 - 2 + day] }));

      expect(await conversationsOf(Visitor)).toEqual([settled(name(0), name(1), name(2))]);
      const { rows } = await db.pool.query(
        `select e.name, e.value, e.dialog_id from chat.events e
       join chat.dialogs d on d.conversation_id = e.conversation_id
       join chat.chats c on c.dialog_id = d.id and c.chat_guid = $1
       where e.name in ('conversation_resolved', 'first_response') order by e.created_at`,
        [name(0)],
      );
      expect(rows.map(({ name, value }) => `${name} ${value}`)).toEqual([
        "first_response 60",
        "conversation_resolved 600",
        `conversation_resolved ${86_400 + 600}`,
        `conversation_resolved ${2 * 86_400 + 600}`,
      ]);
      expect(rows[0].dialog_id).toBe((await dialogOf(name(0))).id);
    },
  );

  it("log nothing but their own events", async () => {
    const Visitor = newVisitor();
    const first = await store(onDay(0, { Visitor, AgentIds: [41] }));
    await store(onDay(2, { Visitor, AgentIds: [42] }));
    await store(onDay(1, { Visitor, AgentIds: [43] }));
    const { rows } = await db.pool.query(
      "select name, user_id from chat.events where conversation_id = $1 and name <> 'first_response' order by created_at",
      [first.conversation_id],
    );
    expect(rows.map(({ name, user_id }) => `${name} ${user_id}`)).toEqual(
      [41, 43, 42].flatMap((agent) =>
        ["open", "assigned", "resolved"].map((event) => `conversation_${event} ${agent}`),
      ),
    );
  });

  it("that overlap are in two conversations; a third takes its place in the first that is free", async () => {
    const Visitor = newVisitor();
    const from = (start: string, end: string, ChatId: string) =>
      store(chat({ Visitor, ChatId: `${Visitor.Id} ${ChatId}`, Start: at(start), End: at(end) }));
    await from("09:00:00", "09:10:00", "a");
    await from("09:10:00", "09:20:00", "b");
    await from("09:20:01", "09:30:00", "c");
    await from("09:05:00", "09:25:00", "d");
    const chats = (await conversationsOf(Visitor)).map(({ chats }) => chats);
    expect(chats).toEqual([[`${Visitor.Id} a`, `${Visitor.Id} c`], [`${Visitor.Id} b`], [`${Visitor.Id} d`]]);
  });

  it("are in one conversation per inbox", async () => {
    const Visitor = newVisitor();
    await store(onDay(0, { Visitor }));
    await store(onDay(1, { Visitor, SocialMediaSource: 1 }));
    expect(await conversationsOf(Visitor)).toHaveLength(2);
  });

  it("are in one conversation when two sessions store them at once: one waits for the other", async () => {
    const Visitor = newVisitor();
    const [one, other] = [await db.connect(), await db.connect()];
    await one.query("begin");
    await store(onDay(1, { ChatId: "waits 1", Visitor }), undefined, one);
    const waiting = store(onDay(0, { ChatId: "waits 0", Visitor }), undefined, other);
    await until("the second waits", async () => {
      const { rows } = await db.pool.query(
        "select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0",
      );
      return rows.length === 1;
    });
    await one.query("commit");
    await waiting;
    expect(await conversationsOf(Visitor)).toEqual([settled("waits 0", "waits 1")]);
  });

  it("keep away from a conversation that clients have opened", async () => {
    const Visitor = newVisitor();
    const first = await store(onDay(1, { ChatId: "before it was reopened", Visitor }));
    await db.pool.query("update chat.conversations set status = 0, assignee_id = null where id = $1", [
      first.conversation_id,
    ]);
    const earlier = await store(onDay(0, { Visitor }));
    const again = await store(onDay(1, { ChatId: "before it was reopened", Visitor }));
    expect(again.conversation_id).toBe(earlier.conversation_id);
    expect(again.conversation_id).not.toBe(first.conversation_id);
    const { rows } = await db.pool.query(
      `select v.status, v.assignee_id, d.status as dialog
       from chat.conversations v join chat.dialogs d on d.conversation_id = v.id where v.id = $1`,
      [first.conversation_id],
    );
    expect(rows).toEqual([{ status: 0, assignee_id: null, dialog: 0 }]);
  });

  it.each([
    ["that has a name of its own", "update chat.conversations set identifier = 'own' where id = $1"],
    ["that never had a dialog", "update chat.conversations set contact_id = null where id = $1"],
  ])("keep away from a conversation %s", async (_what, change) => {
    const Visitor = newVisitor();
    const first = await store(onDay(0, { Visitor }));
    await db.pool.query(change, [first.conversation_id]);
    if (change.includes("contact_id"))
      await db.pool.query(
        "insert into chat.conversations (account_id, inbox_id, contact_id, status) values ($1, $2, $3, 1)",
        [first.account_id, first.inbox_id, first.contact_id],
      );
    const next = await store(onDay(1, { ChatId: `keeps away ${Visitor.Id}`, Visitor }));
    const { rows } = await db.pool.query("select from chat.dialogs where conversation_id = $1", [
      next.conversation_id,
    ]);
    expect(rows).toHaveLength(1);
    expect(next.conversation_id).not.toBe(first.conversation_id);
  });

  it("leave it to whom it was assigned after the last of them", async () => {
    const Visitor = newVisitor();
    const { conversation_id } = await store(onDay(1, { ChatId: "assigned since", Visitor }));
    await store(chat({ AgentIds: [51] }));
    await db.pool.query("update chat.conversations set assignee_id = 51 where id = $1", [conversation_id]);
    await store(onDay(2, { Visitor, AgentIds: [43] }));
    await store(onDay(0, { Visitor, AgentIds: [43] }));
    await store(onDay(1, { ChatId: "assigned since", Visitor, AgentIds: [44] }));
    expect(await conversationsOf(Visitor)).toMatchObject([{ assignee: 51, isLast: true }]);
  });
});
