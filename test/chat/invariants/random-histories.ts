import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Db } from "../../broker/test-queue.ts";

const CONVERSATIONS = 3;

export type Statement = { sql: string; copy?: string };
export type Transaction = { isolation: string; statements: Statement[]; end: string };

/** Conversations 1 to 3: an open one, one with the bot that began two days ago, and one that is resolved. */
export async function startAfresh(db: Db): Promise<void> {
  await db.query(
    `truncate chat.conversations restart identity cascade;
     update chat.users set deleted_at = null;
     insert into chat.conversations (account_id, inbox_id, contact_id, status, created_at)
     values (1, 1, 1, 0, null), (1, 1, 1, 2, now() - interval '2 days'), (1, 1, 1, 1, null)`,
  );
}

const NEW =
  "insert into chat.conversations (account_id, inbox_id, contact_id, status, assignee_id, created_at)";
const MESSAGE =
  "insert into chat.messages (conversation_id, content, message_type, sender_type, source_id, additional_attributes, created_at)";
const MENTION = "insert into chat.mentions (conversation_id, user_id, mentioned_at)";

const conversation = fc.integer({ min: 1, max: CONVERSATIONS });
const status = fc.integer({ min: 0, max: 3 });
const agent = fc.constantFrom("1", "2", "3", "null");
const someone = fc.constantFrom(1, 2, 3);
const time = fc.constantFrom(
  "null",
  "now()",
  "now() - interval '2 seconds'",
  "now() - interval '40 seconds'",
  "now() + interval '1 hour'",
);
const old = fc.integer({ min: 1, max: 72 }).map((hours) => `now() - interval '${hours} hours'`);

const change = fc.oneof(
  { weight: 4, arbitrary: status.map((to) => `status = ${to}`) },
  { weight: 3, arbitrary: agent.map((to) => `assignee_id = ${to}`) },
  { weight: 3, arbitrary: fc.tuple(status, agent).map(([to, by]) => `status = ${to}, assignee_id = ${by}`) },
  fc.constantFrom(
    "team_id = 1",
    "team_id = null",
    "inbox_id = 2",
    "custom_attributes = '{\"vip\": true}'",
    "dialog_id = null",
    "status = status",
    "updated_at = now()",
    "status = 1 - status % 2, updated_at = now() - interval '1 day'",
  ),
);
const message = fc
  .tuple(fc.constantFrom("0, 'Contact'", "1, 'User'", "1, 'AgentBot'"), fc.constantFrom("null", "'a'", "'b'"))
  .chain(([by, source]) =>
    fc.oneof(
      { weight: 4, arbitrary: time.map((at) => `'live', ${by}, ${source}, '{"given": 1}', ${at}`) },
      { weight: 1, arbitrary: old.map((at) => `'history', ${by}, ${source}, '{"given": 1}', ${at}`) },
    ),
  );

const statement: fc.Arbitrary<Statement> = fc
  .oneof(
    {
      weight: 2,
      arbitrary: fc
        .tuple(status, agent, fc.oneof(time, old))
        .map(([as, by, at]) => `${NEW} values (1, 1, 1, ${as}, ${by}, ${at})`),
    },
    {
      weight: 8,
      arbitrary: fc
        .tuple(change, conversation)
        .map(([to, id]) => `update chat.conversations set ${to} where id = ${id}`),
    },
    change.map((to) => `update chat.conversations set ${to}`),
    status.map((to) => `update chat.conversations set status = ${to} where status <> ${to}`),
    {
      weight: 6,
      arbitrary: fc
        .tuple(conversation, message)
        .map(([id, what]) => `${MESSAGE} values (${id}, ${what}) on conflict do nothing`),
    },
    fc.tuple(conversation, message).map(
      ([id, what]) =>
        `${MESSAGE} values (${id}, ${what}) on conflict (conversation_id, source_id) where source_id is not null
         do update set content = excluded.content || ' again', additional_attributes = '{"given": 1}'`,
    ),
    message.map((what) => `${MESSAGE} select id, ${what} from chat.conversations on conflict do nothing`),
    fc.tuple(change, conversation, message).map(
      ([to, id, what]) =>
        `with changed as (update chat.conversations set ${to} where id = ${id} returning id)
         ${MESSAGE} select id, ${what} from changed on conflict do nothing`,
    ),
    fc.tuple(change, conversation, message).map(
      ([to, id, what]) =>
        `with said as (${MESSAGE} values (${id}, ${what}) on conflict do nothing returning conversation_id)
         update chat.conversations set ${to} where id in (select conversation_id from said)`,
    ),
    fc.tuple(status, agent, message, time).map(
      ([as, by, what, at]) =>
        `with made as (${NEW} values (1, 1, 1, ${as}, ${by}, null) returning id), said as (${MESSAGE} select id, ${what} from made)
         ${MENTION} select id, 1, ${at} from made`,
    ),
    fc.tuple(conversation, status, agent).map(
      ([id, to, by]) =>
        `merge into chat.conversations c using (values (${id}), (-1)) w (id) on c.id = w.id
         when matched then update set status = ${to}, assignee_id = ${by}
         when not matched then insert (account_id, inbox_id, status, assignee_id) values (1, 1, ${to}, ${by})`,
    ),
    fc
      .tuple(conversation, someone, fc.oneof(time, old))
      .map(([id, who, at]) => `${MENTION} values (${id}, ${who}, ${at})`),
    fc.constant("update chat.mentions set mentioned_at = now() - interval '1 second'"),
    fc.constant("update chat.messages set additional_attributes = '{\"given\": 1}', status = 2"),
    fc.tuple(conversation, fc.constantFrom("null", "'a'"), fc.boolean()).map(
      ([id, source, reopens]) =>
        `select chat.append_message(${id}, 'live', 1, 'User', source_id => ${source}, reopen => ${reopens},
           additional_attributes => '{"given": 1}')`,
    ),
    fc
      .tuple(fc.constantFrom(0, 1, 2), agent)
      .map(([as, by]) => `select chat.open_conversation(1, 1, 1, status => ${as}, assignee_id => ${by})`),
    fc.tuple(conversation, agent).map(([id, by]) => `select chat.assign_conversation(${id}, ${by})`),
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            "unassign_conversation",
            "resolve_conversation",
            "reopen_conversation",
            "snooze_conversation",
          ),
          conversation,
        )
        .map(([move, id]) => `select chat.${move}(${id})`),
    },
    fc.tuple(conversation, someone).map(([id, who]) => `select chat.mention_user(${id}, ${who})`),
    conversation.map((id) => `insert into chat.events (conversation_id, name) values (${id}, 'label_added')`),
    someone.map((who) => `update chat.users set deleted_at = null where id = ${who}`),
  )
  .map((sql) => ({ sql }));

const copy: fc.Arbitrary<Statement> = fc.array(conversation, { minLength: 1, maxLength: 5 }).map((ids) => ({
  sql: "copy chat.messages (conversation_id, content, message_type, sender_type, additional_attributes) from stdin",
  copy: ids.map((id) => `${id}\tlive\t1\tUser\t{"given": 1}\n`).join(""),
}));

const step: fc.Arbitrary<Statement[]> = fc.oneof(
  { weight: 8, arbitrary: statement.map((one) => [one]) },
  copy.map((one) => [one]),
  statement.map((one) => [{ sql: "savepoint here" }, one, { sql: "rollback to here" }]),
);

/** What a client may do in one transaction, conversations 1 to 3 mostly. */
export const transaction: fc.Arbitrary<Transaction> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      isolation: fc.constantFrom("read committed", "read committed", "repeatable read", "serializable"),
      statements: fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.flat()),
      end: fc.constantFrom("commit", "commit", "commit", "rollback"),
    }),
  },
  fc
    .tuple(someone, fc.constantFrom("read committed", "read committed", "repeatable read"))
    .map(([who, isolation]) => ({
      isolation,
      statements: [{ sql: `update chat.users set deleted_at = now() where id = ${who}` }],
      end: "commit",
    })),
);

/**
 * Deadlock, serialization failure, a source_id of an unseen message, an agent who was deleted in between, and what an
 * older snapshot may not do.
 */
const NOT_DONE = new Set(["40P01", "40001", "23505", "PA032", "PA040"]);

/** Runs it; what may fail where others write, or for one of these reasons, does nothing. */
export async function run(
  session: Client,
  { isolation, statements, end }: Transaction,
  reasons: string[] = [],
): Promise<void> {
  await session.query(`begin isolation level ${isolation}`);
  try {
    for (const { sql, copy } of statements) {
      if (copy) await pipeline(Readable.from([copy]), session.query(copyFrom(sql)));
      else await session.query(sql);
    }
    await session.query(end);
  } catch (error) {
    await session.query("rollback");
    const { code } = error as { code: string };
    if (!NOT_DONE.has(code) && !reasons.includes(code)) throw error;
  }
}

export const asScript = (histories: Transaction[][]) =>
  histories
    .map((transactions, session) => {
      const statements = transactions.flatMap(({ isolation, statements, end }) => [
        `begin isolation level ${isolation}`,
        ...statements.map(({ sql, copy }) => sql + (copy ? `\n${copy}\\.` : "")),
        end,
      ]);
      return `-- session ${session + 1}\n${statements.map((sql) => `${sql};\n`).join("")}`;
    })
    .join("");
