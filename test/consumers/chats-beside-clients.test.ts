import { beforeAll, expect, it } from "vitest";
import { rows } from "../broker/test-queue.ts";
import { brokenInvariants } from "../chat/invariants/broken-invariants.ts";
import { useDatabase } from "../setup/database.ts";
import { deliver } from "./deliver.ts";

const db = useDatabase();
const SITE = 7;
const VISITORS = 3;
const ROUNDS = 40;

/** Deadlock, and two sessions that store one chat for the first time: both may be repeated as they are. */
const TO_REPEAT = new Set(["40P01", "23505"]);

type Session = Awaited<ReturnType<typeof db.connect>>;

const minutesLater = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9, minutes)).toISOString();

async function inTransaction(session: Session, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    await session.query("begin");
    try {
      await work();
      await session.query("commit");
      return;
    } catch (error) {
      await session.query("rollback");
      if (!TO_REPEAT.has((error as { code: string }).code)) throw error;
    }
  }
}

/** Two chats a transaction, of two visitors, some of them for the second time. */
async function storeChats(session: Session, firstEvent: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await inTransaction(session, async () => {
      for (const turn of [0, 1]) {
        const number = (firstEvent + round * 7 + turn) % 25;
        await deliver(session, {
          id: firstEvent + 2 * round + turn,
          name: "chat.ended",
          data: {
            ChatId: `chat ${number}`,
            SiteId: SITE,
            AgentIds: [1 + (number % 3)],
            Visitor: { Id: `visitor ${(number + round) % VISITORS}` },
            Start: minutesLater(number * 10),
            End: minutesLater(number * 10 + 12),
            Messages: [{ Id: 1, SenderType: 1, Message: "live", Time: minutesLater(number * 10 + 1) }],
          },
        });
      }
    });
  }
}

/** Adds notes to the past of the same visitors' conversations; opens, assigns, writes to and resolves them. */
async function writeLive(session: Session): Promise<void> {
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const contacts = await rows<{ contact: number; inbox: number }>(
      session,
      `select p.id as contact, i.id as inbox from chat.contacts p join chat.inboxes i using (account_id)
       where p.account_id = $1 and p.identifier = $2`,
      [SITE, `visitor ${round % VISITORS}`],
    );
    await inTransaction(session, () =>
      session.query(
        `insert into chat.messages (conversation_id, content, message_type, sender_type, created_at)
         select id, 'history', 1, 'User', $2 from chat.conversations where account_id = $1 order by id limit 2`,
        [SITE, minutesLater((round * 37) % 250)],
      ),
    );
    for (const { contact, inbox } of contacts)
      await inTransaction(session, async () => {
        const [opened] = await rows<{ id: number }>(
          session,
          "select chat.open_conversation($1, $2, $3) as id",
          [SITE, inbox, contact],
        );
        await session.query("select chat.assign_conversation($1, $2)", [opened!.id, 1 + (round % 3)]);
        await session.query("select chat.append_message($1, 'live', 1, 'User', $2)", [
          opened!.id,
          1 + (round % 3),
        ]);
        if (round % 2 === 0) await session.query("select chat.resolve_conversation($1)", [opened!.id]);
      });
  }
}

let sessions: Session[];

beforeAll(async () => {
  sessions = await Promise.all([1, 2, 3].map(() => db.connect()));
  for (const session of sessions) await session.query("set deadlock_timeout = '10ms'");
  await db.pool.query("insert into chat.accounts (id, name) values ($1, 'Site')", [SITE]);
  await db.pool.query(
    "insert into chat.users (account_id, id, name) select $1, i, 'Agent' from generate_series(1, 3) i",
    [SITE],
  );
});

/** Chats come in any order, and each says who had it, be it who had the one before. */
const NOT_OF_CHATS = new Set([
  "triggers log events in their order",
  "no assignment is logged that changes nothing",
]);

it("two sessions that store chats of the same visitors, beside clients that write to them, leave conversations in order", async () => {
  const [one, other, client] = sessions as [Session, Session, Session];
  await Promise.all([storeChats(one, 1), storeChats(other, 1001), writeLive(client)]);
  const broken = await brokenInvariants(db.pool);
  expect(broken.filter(({ rule }) => !NOT_OF_CHATS.has(rule))).toEqual([]);
  expect(
    await rows(
      db.pool,
      `select from chat.dialogs a join chat.dialogs b using (conversation_id)
       where a.id < b.id and a.created_at <= b.updated_at and b.created_at <= a.updated_at`,
    ),
  ).toEqual([]);
  expect(await rows(db.pool, "select from chat.chats")).toHaveLength(25);
}, 60_000);
