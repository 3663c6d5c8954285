import fc from "fast-check";
import { column, type Db, rows, value } from "../../broker/test-queue.ts";

/** Seconds before the start of the history's clock: a few days before clocks are set forward in Europe. */
export const EPOCH = Date.UTC(2026, 2, 27, 6) / 1000;

export interface Account {
  readonly id: number;
  readonly inboxes: number[];
  readonly contact: number;
  conversations: (number | undefined)[];
  /** Seconds since 1970 that the clock shows. */
  now: number;
}

let made = 0;

/** An account of its own, whose dialogs are rated and wrapped up. */
export async function createAccount(db: Db, timeZone: string): Promise<Account> {
  const id = 100 + ++made;
  await db.query(
    `insert into chat.accounts (id, name, puts_chat_events) values (${id}, 'Account', true);
     insert into chat.users (account_id, id, name) values (${id}, 1, 'Ann'), (${id}, 2, 'Bob'), (${id}, 3, 'Cyd');
     insert into chat.teams (account_id, id, name) values (${id}, 1, 'Sales'), (${id}, 2, 'Support');
     insert into stats.settings (account_id, time_zone) values (${id}, '${timeZone}');
     insert into stats.analysts values ('parley_analyst', ${id})`,
  );
  const inboxes = await rows<{ id: number }>(
    db,
    `insert into chat.inboxes (account_id, name) values (${id}, 'Website'), (${id}, 'Bot') returning id`,
  );
  const contact = await value<number>(
    db,
    `insert into chat.contacts (account_id, name) values (${id}, 'Dan') returning id`,
  );
  const account = { id, inboxes: inboxes.map((inbox) => inbox.id), contact, conversations: [], now: 0 };
  await clockShows(db, account, EPOCH);
  return account;
}

export async function clockShows(db: Db, account: Account, seconds: number): Promise<void> {
  account.now = seconds;
  await db.query("select set_config('parley.now', to_timestamp($1)::text, false)", [seconds]);
}

export interface Step {
  run(db: Db, account: Account): Promise<unknown>;
  [fc.toStringMethod](): string;
}

const step = (what: unknown, run: Step["run"]): Step => ({
  run,
  [fc.toStringMethod]: () => JSON.stringify(what),
});

const status = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const assignee = fc.constantFrom(null, 1, 2, 3);
const team = fc.constantFrom(null, 1, 2);
const conversation = fc.constantFrom(0, 0, 0, 1, 2);

const wait = fc
  .constantFrom(0.5, 4, 40, 600, 3_000, 18_000, 93_000)
  .map((seconds) => step({ wait: seconds }, (db, account) => clockShows(db, account, account.now + seconds)));

const change = fc.record({ conversation, inbox: fc.constantFrom(0, 1), status, assignee, team }).map((what) =>
  step({ change: what }, async (db, account) => {
    const id = account.conversations[what.conversation];
    if (id !== undefined) {
      const changed =
        "update chat.conversations set status = $2, assignee_id = $3, team_id = $4 where id = $1";
      await db.query(changed, [id, what.status, what.assignee, what.team]);
      return;
    }
    account.conversations[what.conversation] = await value(
      db,
      `insert into chat.conversations (account_id, inbox_id, contact_id, status, assignee_id, team_id)
         values ($1, $2, $3, $4, $5, $6) returning id`,
      [account.id, account.inboxes[what.inbox], account.contact, what.status, what.assignee, what.team],
    );
  }),
);

const SENDERS = {
  customer: [0, false, "Contact", null, "{}"],
  agent: [1, false, "User", 1, "{}"],
  another: [1, false, "User", 2, "{}"],
  unnamed: [1, false, "User", null, "{}"],
  campaign: [1, false, "User", 1, '{"campaign_id": 1}'],
  bot: [1, false, "AgentBot", null, "{}"],
  template: [3, false, null, null, "{}"],
  note: [1, true, "User", 3, "{}"],
  system: [2, false, null, null, "{}"],
} as const;

const say = fc
  .record({
    conversation,
    by: fc.constantFrom("customer", "customer", ...(Object.keys(SENDERS) as (keyof typeof SENDERS)[])),
    ago: fc.constantFrom(null, null, null, null, 300, 40_000),
  })
  .map((what) =>
    step({ say: what }, async (db, account) => {
      const [type, isPrivate, sender, senderId, attributes] = SENDERS[what.by];
      await db.query(
        `insert into chat.messages
           (conversation_id, message_type, private, sender_type, sender_id, additional_attributes, content, created_at)
         select $1, $2, $3, $4, $5, $6, 'Hello', to_timestamp($7) where $1::bigint is not null`,
        [
          ...[account.conversations[what.conversation], type, isPrivate, sender, senderId, attributes],
          what.ago === null ? null : account.now - what.ago,
        ],
      );
    }),
  );

const mention = fc
  .record({ conversation, user: fc.constantFrom(1, 2) })
  .map((what) =>
    step({ mention: what }, (db, account) =>
      db.query(
        "insert into chat.mentions (conversation_id, user_id) select $1, $2 where $1::bigint is not null",
        [account.conversations[what.conversation], what.user],
      ),
    ),
  );

let submitted = 0;
const LAST_DIALOG = "select dialog_id from chat.conversations where id = $1 and dialog_id is not null";
const rate = fc.record({ conversation, grade: fc.integer({ min: 1, max: 5 }) }).map((what) =>
  step({ rate: what }, (db, account) =>
    db.query(
      `select chat.store_chat_rating_submitted($2, broker.now(),
         jsonb_build_object('account_id', $3::int, 'chat_number', dialog_id, 'rating_grade', $4::int)) from (${LAST_DIALOG}) d`,
      [account.conversations[what.conversation], ++submitted, account.id, what.grade],
    ),
  ),
);
const wrapUp = fc.record({ conversation, agent: fc.constantFrom(1, 2) }).map((what) =>
  step({ wrapUp: what }, (db, account) =>
    db.query(
      `select chat.store_chat_wrapup_submitted($2, broker.now(), jsonb_build_object('account_id', $3::int, 'chat_number', dialog_id,
         'agent_id', $4::int, 'category_id', 7, 'category_ids', '[7]'::jsonb, 'submitted_at', broker.now())) from (${LAST_DIALOG}) d`,
      [account.conversations[what.conversation], ++submitted, account.id, what.agent],
    ),
  ),
);

const forget = conversation.map((which) =>
  step({ deleteLastMessage: which }, (db, account) =>
    db.query(
      "delete from chat.messages where id = (select max(id) from chat.messages where conversation_id = $1)",
      [account.conversations[which]],
    ),
  ),
);
const flush = fc
  .constantFrom(1, 2000)
  .map((dialogs) => step({ flush: dialogs }, (db) => db.query("select stats.flush($1)", [dialogs])));
const finishDays = fc.constant(step("finish days", (db) => db.query("select stats.finish_days()")));

/** What happens to an account in some days, and when it is summed. */
export const history = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: wait },
    { weight: 8, arbitrary: change },
    { weight: 9, arbitrary: say },
    { weight: 1, arbitrary: mention },
    { weight: 1, arbitrary: rate },
    { weight: 1, arbitrary: wrapUp },
    { weight: 1, arbitrary: forget },
    { weight: 2, arbitrary: flush },
    { weight: 1, arbitrary: finishDays },
  ),
  { minLength: 60, maxLength: 140 },
);

const keep = fc
  .constantFrom(1, 1000)
  .map((days) => step({ keep: days }, (db) => db.query("select stats.keep_handled($1)", [days])));
/** Somebody turns out to have got a dialog at another time, or never. */
const correct = fc
  .record({ which: fc.nat(), by: fc.constantFrom(null, -100_000, -4_000, 4_000, 100_000) })
  .map((what) =>
    step({ correct: what }, async (db, account) => {
      const ids = await column<number>(
        db,
        "select id from chat.events where account_id = $1 and name = 'conversation_assigned' order by id",
        [account.id],
      );
      const id = ids[what.which % ids.length];
      if (what.by === null) await db.query("delete from chat.events where id = $1", [id]);
      else
        await db.query(
          "update chat.events set created_at = created_at + make_interval(secs => $2) where id = $1",
          [id, what.by],
        );
    }),
  );
const remove = conversation.map((which) =>
  step({ remove: which }, async (db, account) => {
    await db.query("delete from chat.conversations where id = $1", [account.conversations[which]]);
    account.conversations[which] = undefined;
  }),
);

/** Who had which dialog in some days, also as it turns out later, and when days are kept. */
export const handling = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: wait },
    { weight: 12, arbitrary: change },
    { weight: 2, arbitrary: correct },
    { weight: 1, arbitrary: remove },
    { weight: 3, arbitrary: flush },
    { weight: 2, arbitrary: finishDays },
    { weight: 3, arbitrary: keep },
  ),
  { minLength: 30, maxLength: 80 },
);
