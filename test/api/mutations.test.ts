import { beforeAll, describe, expect, it } from "vitest";
import { column, value } from "../broker/test-queue.ts";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

let ofOne: string;
let ofAll: string;
beforeAll(async () => {
  await createTwoAccounts(db.pool);
  [ofOne, ofAll] = await Promise.all([token("producer", 1), token("producer")]);
});

async function mutate(field: string, input: Record<string, unknown>, selection: string, as = ofOne) {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const answer = await api.query(
    as,
    `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
    { input },
  );
  return answer.errors ? { error: answer.errors[0] } : answer.data[field];
}

const event = (id: string) =>
  db.pool
    .query(
      "select name, data, key, dedupe_id, run_at is not null as is_later from broker.events where id = $1",
      [id],
    )
    .then(({ rows }) => rows[0]);

describe("putEvent", () => {
  it("puts an event and gives its id", async () => {
    const { eventId } = await mutate(
      "putEvent",
      { name: "ban.added", data: { SiteId: 1, Ip: "::1" }, key: "k" },
      "eventId",
    );
    expect(await event(eventId)).toMatchObject({
      name: "ban.added",
      data: { SiteId: 1, Ip: "::1" },
      key: "k",
    });
  });

  it.each([
    {},
    { SiteId: 0 },
    { SiteId: null },
    { SiteId: "" },
    { siteId: 0 },
    { SiteId: "1" },
    { siteId: 1, SITEID: 0 },
  ])("takes the SiteId of %o from the token", async (data) => {
    const { eventId } = await mutate("putEvent", { name: "ban.added", data }, "eventId");
    expect((await event(eventId)).data).toEqual({ SiteId: 1 });
  });

  it("leaves the document alone where the token names no account", async () => {
    const { eventId } = await mutate(
      "putEvent",
      { name: "ban.added", data: { siteId: 2 } },
      "eventId",
      ofAll,
    );
    expect((await event(eventId)).data).toEqual({ siteId: 2 });
  });

  it("does nothing for a dedupeId that was put before, and gives the first id", async () => {
    const put = (as: string) =>
      mutate("putEvent", { name: "ban.added", data: {}, dedupeId: "once" }, "eventId", as);
    const first = await put(ofOne);
    expect(await put(ofOne)).toEqual(first);
    // Another account's are its own: it neither meets them nor learns of them.
    expect(await put(await token("producer", 2))).not.toEqual(first);
    expect(await put(ofAll)).not.toEqual(first);
  });

  it("puts an event aside until its time", async () => {
    const input = { name: "ban.added", data: {}, runAt: "2120-01-01T00:00:00Z" };
    const { eventId } = await mutate("putEvent", input, "eventId");
    expect(await event(eventId)).toMatchObject({ is_later: true });
  });

  it("keeps whole numbers exact that JavaScript would round", async () => {
    const answer = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${ofOne}`, "content-type": "application/json" },
      payload: `{"query": "mutation($d: JSON!) { putEvent(input: { name: \\"ban.added\\", data: $d }) { eventId } }",
        "variables": {"d": {"a": [{"b": 9223372036854775807}]}}}`,
    });
    const { eventId } = answer.json().data.putEvent;
    expect(
      await value(db.pool, "select data #>> '{a,0,b}' from broker.events where id = $1", [eventId]),
    ).toBe("9223372036854775807");
  });

  it("takes no such number in the text of a query, where it would be rounded", async () => {
    const put = (number: string) =>
      api.query(
        ofOne,
        `mutation { putEvent(input: { name: "ban.added", data: { a: ${number} } }) { eventId } }`,
      );
    expect(await put("9007199254740991")).toMatchObject({ data: {} });
    expect(await put("9007199254740993")).toMatchObject({
      errors: [{ extensions: { code: "INVALID_QUERY" } }],
    });
  });

  it.each([
    ["an unknown event", { name: "nope", data: {} }, "PA001", 'unknown event "nope"'],
    ["a list for a document", { name: "ban.added", data: [1] }, "PA020", "must be a JSON object"],
    [
      "a text that PostgreSQL cannot store",
      { name: "ban.added", data: { a: "\0" } },
      "BAD_USER_INPUT",
      "cannot store",
    ],
    ["a time that is none", { name: "ban.added", data: {}, runAt: "soon" }, "BAD_USER_INPUT", "ISO 8601"],
    [
      "a time that nobody waits for",
      { name: "ban.added", data: {}, runAt: "2999-01-01T00:00:00Z" },
      "PA043",
      "cannot wait until",
    ],
    [
      "too long a dedupeId",
      { name: "ban.added", data: {}, dedupeId: "x".repeat(600) },
      "BAD_USER_INPUT",
      "refused",
    ],
  ])("refuses %s", async (_what, input, code, message) => {
    const { error } = await mutate("putEvent", input, "eventId");
    expect(error).toMatchObject({ message: expect.stringContaining(message), extensions: { code } });
  });
});

describe("putEvents", () => {
  const put = (events: unknown[], as = ofOne) => mutate("putEvents", { events }, "eventIds", as);
  const one = (more = {}) => ({ name: "ban.added", data: {}, ...more });

  it("gives the ids in the order of the events, repeated ones that of the first", async () => {
    const { eventIds } = await put([
      one({ key: "a" }),
      one({ dedupeId: "p" }),
      one({ key: "b" }),
      one({ dedupeId: "p" }),
    ]);
    const [a, p, b, again] = eventIds.map(Number);
    expect([a < p, p < b, again]).toEqual([true, true, p]);
    expect([(await event(eventIds[0])).key, (await event(eventIds[2])).key]).toEqual(["a", "b"]);
    expect((await put([one({ dedupeId: "p" })])).eventIds).toEqual([eventIds[1]]);
  });

  it("puts all or nothing, in one statement", async () => {
    const before = await value(db.pool, "select count(*) from broker.events");
    const { error } = await put([one(), { name: "nope", data: {} }]);
    expect(error.extensions.code).toBe("PA001");
    expect((await put([one(), one({ data: { SiteId: 2 } })])).error.extensions.code).toBe("PA030");
    expect(await value(db.pool, "select count(*) from broker.events")).toBe(before);
  });

  it("takes 1,000 events at most, and none", async () => {
    expect((await put(Array.from({ length: 1000 }, () => one()))).eventIds).toHaveLength(1000);
    expect((await put(Array.from({ length: 1001 }, () => one()))).error).toMatchObject({
      message: "1001 events at once; at most 1000 are taken",
      extensions: { code: "PA042", hint: "Put them in several calls." },
    });
    expect((await put([])).eventIds).toEqual([]);
  });

  it("takes no event for null", async () => {
    expect((await put([null])).error.extensions.code).toBe("PA004");
  });
});

describe("a conversation's moves", () => {
  const CONVERSATION = "conversation { id accountId status assigneeId teamId dialogId }";

  it("opens, assigns, resolves and reopens", async () => {
    const { conversation } = await mutate(
      "openConversation",
      { inboxId: 2, contactId: 1, identifier: "a" },
      CONVERSATION,
    );
    expect(conversation).toMatchObject({
      accountId: "1",
      status: 0,
      assigneeId: null,
      dialogId: expect.any(String),
    });
    const conversationId = conversation.id;
    const move = async (field: string, input = {}) =>
      (await mutate(field, { conversationId, ...input }, CONVERSATION)).conversation;

    expect(await move("assignConversation", { assigneeId: 2, teamId: "1" })).toMatchObject({
      assigneeId: "2",
      teamId: "1",
    });
    expect(await move("unassignConversation")).toMatchObject({ assigneeId: null, teamId: "1" });
    expect(await move("snoozeConversation", { until: "2999-01-01T00:00:00Z" })).toMatchObject({ status: 3 });
    expect(await move("resolveConversation")).toMatchObject({ status: 1, dialogId: conversation.dialogId });
    const reopened = await move("reopenConversation", { status: 2 });
    expect(reopened.status).toBe(2);
    expect(reopened.dialogId).not.toBe(conversation.dialogId);
    expect(
      (await mutate("openConversation", { inboxId: 2, contactId: 1, identifier: "a" }, CONVERSATION))
        .conversation,
    ).toEqual(reopened);
  });

  it("needs an account where the token names none", async () => {
    const open = (more: object) =>
      mutate("openConversation", { inboxId: 3, contactId: 2, ...more }, CONVERSATION, ofAll);
    expect((await open({ accountId: 2 })).conversation).toMatchObject({ accountId: "2" });
    expect((await open({})).error.extensions.code).toBe("PA035");
  });

  it("adds a message once for a sourceId", async () => {
    const add = () =>
      mutate(
        "appendMessage",
        { conversationId: 1, content: "Hello", senderType: "Contact", senderId: 1, sourceId: "s" },
        "message { id conversationId dialogId assigneeId createdAt }",
      );
    const { message } = await add();
    expect(message).toMatchObject({ conversationId: "1", dialogId: expect.any(String), assigneeId: null });
    expect((await add()).message).toEqual(message);
    expect(await column(db.pool, "select content from chat.messages where id = $1", [message.id])).toEqual([
      "Hello",
    ]);
  });

  it("mentions an agent", async () => {
    const { mentionId } = await mutate("mentionUser", { conversationId: 1, userId: 2 }, "mentionId");
    expect(await column(db.pool, "select user_id from chat.mentions where id = $1", [mentionId])).toEqual([
      2,
    ]);
  });

  it.each([
    [
      "an agent of another account",
      "assignConversation",
      { conversationId: 1, assigneeId: 4 },
      "there is no such agent in this account",
    ],
    [
      "a team of another account",
      "assignConversation",
      { conversationId: 1, assigneeId: 1, teamId: 3 },
      "there is no such team in this account",
    ],
    [
      "an inbox of another account",
      "openConversation",
      { inboxId: 3, contactId: 1 },
      "there is no such inbox in this account",
    ],
    [
      "a sender of no kind",
      "appendMessage",
      { conversationId: 1, content: "", senderType: "Alien" },
      "refused: sender type known",
    ],
    [
      "attributes that are no object",
      "appendMessage",
      { conversationId: 1, content: "", additionalAttributes: 7 },
      "refused: ",
    ],
  ])("refuses %s, without words of SQL", async (_what, field, input, message) => {
    const { error } = await mutate(field, input, "clientMutationId");
    expect(error).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: "BAD_USER_INPUT" },
    });
    expect(JSON.stringify(error)).not.toMatch(/relation|constraint|violates|chat\./);
  });

  it("refuses a snooze until a time that has passed, with the code and hint of the catalogue", async () => {
    const { error } = await mutate(
      "snoozeConversation",
      { conversationId: 1, until: "2000-01-01T00:00:00Z" },
      "clientMutationId",
    );
    expect(error.extensions).toEqual({ code: "PA036", hint: expect.stringContaining("Without a time") });
  });
});
