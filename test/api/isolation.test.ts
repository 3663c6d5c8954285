import { beforeAll, describe, expect, it } from "vitest";
import { useLogin } from "../broker/roles/login.ts";
import { column } from "../broker/test-queue.ts";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

beforeAll(async () => {
  await createTwoAccounts(db.pool);
  await db.pool.query("select chat.open_ticket(1, 'Of account 1'), chat.open_ticket(2, 'Of account 2')");
});

const VIEWS = {
  accounts: { 1: ["Account"], 2: ["Other account"] },
  agents: { 1: ["Ann", "Bob", "Cyd"], 2: ["Eve"] },
  inboxes: { 1: ["Website", "Bot"], 2: ["Other website"] },
  teams: { 1: ["Sales", "Support"], 2: ["Other team"] },
} as const;

/** Every mutation, on conversation 2 or ticket 2, which are account 2's. */
const MUTATIONS: Record<string, string> = {
  putEvent: 'name: "ban.added", data: { SiteId: 2 }',
  putEvents: 'events: [{ name: "ban.added", data: { siteId: "2" } }]',
  openConversation: "accountId: 2, inboxId: 3, contactId: 2",
  reopenConversation: "conversationId: 2",
  appendMessage: 'conversationId: 2, content: "x"',
  assignConversation: "conversationId: 2, assigneeId: 1",
  unassignConversation: "conversationId: 2",
  resolveConversation: "conversationId: 2",
  snoozeConversation: "conversationId: 2",
  mentionUser: "conversationId: 2, userId: 1",
  openTicket: 'accountId: 2, subject: "x"',
  appendTicketMessage: 'ticketId: 2, content: "x"',
  assignTicket: "ticketId: 2, assigneeId: 1",
  unassignTicket: "ticketId: 2",
  setTicketStatus: "ticketId: 2, status: solved",
  setTicketPriority: "ticketId: 2, priority: high",
  linkTicket: 'ticketId: 2, externalId: "x"',
};
const mutation = (field: string, input = MUTATIONS[field]) =>
  `mutation { ${field}(input: { ${input} }) { clientMutationId } }`;

it("these are all fields that there are", async () => {
  const { data } = await api.query(
    await token("analyst", 1),
    "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }",
  );
  const names = (type: "queryType" | "mutationType") =>
    data.__schema[type].fields.map(({ name }: { name: string }) => name);
  // Those of webhooks are tested in webhooks/rights.test.ts.
  const ofProducers = names("mutationType").filter((name: string) => !/webhook/i.test(name));
  expect(ofProducers.toSorted()).toEqual(Object.keys(MUTATIONS).toSorted());
  expect(names("queryType")).toEqual(expect.arrayContaining(Object.keys(VIEWS)));
});

/** Everything that a mutation could change. */
const state = async () =>
  (
    await db.pool.query(`
      select (select count(*) from broker.events) as events, (select count(*) from chat.messages) as messages,
        (select count(*) from chat.mentions) as mentions, (select count(*) from chat.events) as logged,
        (select jsonb_agg(c order by id) from chat.conversations c) as conversations,
        (select jsonb_agg(t order by id) from chat.tickets t) as tickets, (select count(*) from chat.ticket_messages) as written`)
  ).rows[0];

async function changesNothing<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = await state();
  const result = await work();
  expect(await state()).toEqual(before);
  return result;
}

describe("through GraphQL", () => {
  describe.each(Object.entries(VIEWS))("%s", (view, names) => {
    const list = `{ ${view}(first: 10) { totalCount nodes { id name } } }`;
    const one = `query($id: BigInt!) { one: ${view === "inboxes" ? "inbox" : view.slice(0, -1)}(id: $id) { name } }`;

    it.each([1, 2] as const)("an analyst of account %i sees its own", async (account) => {
      const { data } = await api.query(await token("analyst", account), list);
      expect(data[view].nodes.map(({ name }: { name: string }) => name)).toEqual(names[account]);
      expect(data[view].totalCount).toBe(names[account].length);
    });

    it("an analyst finds no row of another account by its id", async () => {
      const id = (await api.query(await token("analyst", 2), list)).data[view].nodes[0].id;
      const { data } = await api.query(await token("analyst", 1), one, { id });
      expect(data.one).toBe(null);
    });

    it("no filter reaches another account", async () => {
      const query = `{ ${view}(first: 10, filter: { or: [{ id: { greaterThan: "0" } }, { id: { isNull: true } }] }) { nodes { name } } }`;
      const { data } = await api.query(await token("analyst", 1), query);
      expect(data[view].nodes.map(({ name }: { name: string }) => name)).toEqual(names[1]);
    });

    it("an analyst of an account that does not exist sees nothing", async () => {
      expect((await api.query(await token("analyst", 99), list)).data[view]).toEqual({
        totalCount: 0,
        nodes: [],
      });
    });

    it("a producer is refused, and told which role may", async () => {
      for (const account of [1, undefined]) {
        const { data, errors } = await api.query(await token("producer", account), list);
        expect(data[view]).toBe(null);
        expect(errors).toEqual([
          expect.objectContaining({
            message: "this needs a token of the role analyst",
            extensions: { code: "FORBIDDEN" },
          }),
        ]);
      }
    });

    it("nobody is refused", async () => {
      expect(await api.query(undefined, list)).toMatchObject({
        errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
      });
    });
  });

  describe.each(Object.keys(MUTATIONS))("%s", (field) => {
    it("a producer of another account is answered as if there were nothing", async () => {
      const producer = await token("producer", 1);
      const foreign = await changesNothing(() => api.query(producer, mutation(field)));
      const missing = await changesNothing(() =>
        api.query(
          producer,
          mutation(
            field,
            MUTATIONS[field]!.replace(/((?:accountId|conversationId|ticketId|SiteId): |siteId: ")2/, "$1999"),
          ),
        ),
      );
      const code = MUTATIONS[field]!.startsWith("ticketId") ? "PA080" : "PA030";
      expect(foreign.errors).toEqual([expect.objectContaining({ extensions: { code } })]);
      expect(JSON.stringify(foreign).replace(/ 2"/, ' 999"')).toBe(JSON.stringify(missing));
    });

    it("an analyst is refused, and told which role may", async () => {
      const answer = await changesNothing(async () => api.query(await token("analyst", 2), mutation(field)));
      expect(answer).toEqual({
        errors: [
          { message: "mutations need a token of the role producer", extensions: { code: "FORBIDDEN" } },
        ],
      });
    });

    it("nobody is refused", async () => {
      const answer = await changesNothing(() => api.query(undefined, mutation(field)));
      expect(answer).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    });

    it("a producer of that account, and one of all, may", async () => {
      const input = MUTATIONS[field]!.replace("assigneeId: 1", "assigneeId: 4").replace(
        "userId: 1",
        "userId: 4",
      );
      for (const account of [2, undefined]) {
        expect(await api.query(await token("producer", account), mutation(field, input))).not.toHaveProperty(
          "errors",
        );
      }
    });
  });

  it("a mention tells nothing of messages of another account", async () => {
    await db.pool.query(
      "insert into chat.messages (id, conversation_id, content, message_type) values (4444, 2, 'x', 0)",
    );
    const producer = await token("producer", 1);
    const mention = async (id: string) => {
      const input = `conversationId: 1, userId: 1, messageId: ${id}`;
      return JSON.stringify(await api.query(producer, mutation("mentionUser", input)));
    };
    const [foreign, missing] = [await mention("4444"), await mention("9999")];
    expect(foreign).toContain("PA037");
    expect(foreign.replaceAll("4444", "9999")).toBe(missing);
  });

  it("nothing of one request remains for the next on its connection", async () => {
    const list = "{ agents(first: 10) { totalCount } }";
    const tokens = await Promise.all([
      token("analyst", 1),
      token("producer", 1),
      token("analyst", 2),
      token("producer"),
    ]);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => api.query(tokens[n % 4], list)));
    expect(answers.map(({ data }) => data.agents?.totalCount)).toEqual(
      answers.map((_, n) => [3, undefined, 1, undefined][n % 4]),
    );
  });
});

describe("by SQL", () => {
  const analyst = useLogin(db, "parley_analyst");
  const producer = useLogin(db, "parley_producer");
  const name = (login: typeof analyst) => new URL(login.url).username;

  beforeAll(() =>
    db.pool.query("insert into stats.analysts (role_name, account_id) values ($1, 2)", [name(analyst)]),
  );

  it.each(Object.keys(VIEWS) as (keyof typeof VIEWS)[])(
    "an analyst reads its account's api.%s",
    async (view) => {
      const session = await analyst.connect();
      expect(await column(session, `select name from api.${view} order by id`)).toEqual(VIEWS[view][2]);
      await session.query("set parley.account_id = '1'");
      expect(await column(session, `select name from api.${view}`)).toEqual([]);
    },
  );

  it("an analyst that is mapped to no account reads nothing", async () => {
    const session = await db.connect("parley_analyst");
    await session.query("set parley.account_id = '1'");
    // This session is a superuser's, who counts as one of the web; so ask for none.
    await session.query("reset parley.account_id");
    for (const view of Object.keys(VIEWS))
      expect(await column(session, `select name from api.${view}`)).toEqual([]);
  });

  it("an analyst reads of schema chat what the views show, and of its account only", async () => {
    const session = await analyst.connect();
    expect(await column(session, "select name from chat.users")).toEqual(["Eve"]);
    for (const query of [
      "select email from chat.users",
      "select * from chat.messages",
      "select * from chat.contacts",
    ]) {
      await expect(session.query(query)).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("an analyst calls no mutation", async () => {
    const session = await analyst.connect();
    const { rows } = await db.pool.query<{ call: string }>(
      `select format('select api.%I(%s)', p.proname, (select string_agg(format('null::%s', t::regtype), ', ') from unnest(p.proargtypes) t)) as call
       from pg_proc p where p.pronamespace = 'api'::regnamespace and p.provolatile = 'v'`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(Object.keys(MUTATIONS).length);
    for (const { call } of rows) await expect(session.query(call)).rejects.toMatchObject({ code: "42501" });
  });

  it("a producer that has SQL acts in every account, as its rights on the tables say", async () => {
    const session = await producer.connect();
    const { rows } = await session.query("select (api.resolve_conversation(2)).status");
    expect(rows).toEqual([{ status: 1 }]);
    for (const view of Object.keys(VIEWS)) {
      await expect(session.query(`select * from api.${view}`)).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("producers, workers and operators see and change the rows of every account, as before", async () => {
    for (const role of ["parley_producer", "parley_operator"]) {
      const session = await db.connect(role);
      expect(await column(session, "select id from chat.accounts order by id")).toEqual([1, 2]);
      await session.query("update chat.accounts set name = name");
    }
    const session = await producer.connect();
    await session.query("insert into chat.users (account_id, name) values (2, 'Gil')");
  });
});

describe.each(["inherit", "noinherit"])("a login of the web (%s)", (inherit) => {
  const web = useLogin(db, "parley_web");
  beforeAll(() => db.pool.query(`alter role ${new URL(web.url).username} ${inherit}`));

  const apiOfWeb = useApi(db, {
    get url() {
      return web.url;
    },
  });

  it("has nothing by itself", async () => {
    const session = await web.connect();
    for (const query of [
      "select * from api.agents",
      "select * from chat.users",
      "select api.put_event('ban.added', '{}')",
      "select broker.put_event('ban.added', '{}')",
      "select stats.current_account()",
    ]) {
      await expect(session.query(query)).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("may become an analyst or a producer and nobody else", async () => {
    const session = await web.connect();
    const { rows } = await db.pool.query<{ owner: string }>("select current_user as owner");
    for (const role of ["parley_analyst", "parley_producer"]) await session.query(`set role ${role}`);
    for (const role of ["parley_operator", "parley_worker", rows[0]!.owner]) {
      await expect(session.query(`set role ${role}`)).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("serves the API", async () => {
    const list = "{ agents(first: 10) { nodes { name } } }";
    expect((await apiOfWeb.query(await token("analyst", 1), list)).data.agents.nodes).toHaveLength(3);
    expect(await apiOfWeb.query(await token("producer", 2), mutation("putEvent"))).not.toHaveProperty(
      "errors",
    );
    expect(
      (await apiOfWeb.query(await token("producer", 1), mutation("putEvent"))).errors[0].extensions.code,
    ).toBe("PA030");
  });
});

describe("a login that is no member of parley_web", () => {
  const other = useLogin(db, "parley_analyst");
  const apiOfOther = useApi(db, {
    get url() {
      return other.url;
    },
  });

  it("cannot serve the API: 503, and what to grant", async () => {
    expect(await apiOfOther.query(await token("analyst", 1), "{ __typename }")).toEqual({
      errors: [
        {
          message:
            "this API is not set up yet: the database's login must be a member of parley_web; the log names it",
          extensions: { code: "NOT_CONFIGURED" },
        },
      ],
    });
    expect(apiOfOther.logged).toContainEqual(
      expect.objectContaining({
        msg: `grant parley_web to ${new URL(other.url).username}: without it the GraphQL API answers 503`,
      }),
    );
  });
});
