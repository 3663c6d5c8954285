import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { runs } from "../setup/proof.ts";
import { deliver } from "./deliver.ts";

const db = useDatabase();

const minute = fc.integer({ min: 0, max: 60 });
const time = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 9, minutes)).toISOString();

const chat = fc
  .record({
    chat: fc.integer({ min: 0, max: 4 }),
    visitor: fc.integer({ min: 0, max: 1 }),
    agent: fc.integer({ min: 0, max: 3 }),
    type: fc.integer({ min: 0, max: 3 }),
    start: minute,
    lasts: fc.integer({ min: 0, max: 20 }),
    answers: fc.array(minute, { maxLength: 2 }),
    transfers: fc.array(minute, { maxLength: 2 }),
  })
  .map(({ chat, visitor, agent, type, start, lasts, answers, transfers }) => ({
    ChatId: `chat ${chat}`,
    Visitor: { Id: `visitor ${visitor}` },
    AgentIds: [agent],
    ChatType: type,
    Start: time(start),
    End: time(start + lasts),
    Messages: answers.map((at) => ({ Id: 1, SenderType: 1, Time: time(at) })),
    TransferLogs: transfers.map((at, index) => ({
      Time: time(at),
      TransferType: 0,
      ToId: 5 + index,
      IfSuccess: true,
    })),
  }));

/** Chats by `ChatId`, in the order in which they are put; and the order in which they are delivered. */
const history = fc
  .array(chat, { minLength: 1, maxLength: 8 })
  .chain((puts) =>
    fc.tuple(fc.constant(puts), fc.shuffledSubarray([...puts.keys()], { minLength: puts.length })),
  );

const BROKEN: Record<string, string> = {
  "dialogs of a conversation overlap": `
    select from chat.dialogs a join chat.dialogs b using (conversation_id)
    where a.id < b.id and a.created_at <= b.updated_at and b.created_at <= a.updated_at`,
  "a conversation is not what its last dialog left": `
    select from chat.conversations c
    left join lateral (
      select * from chat.dialogs d where d.conversation_id = c.id order by d.created_at desc limit 1
    ) last on true
    where (c.status, c.dialog_id, c.assignee_id, c.updated_at) is distinct from (1::smallint, last.id, last.assignee_id, last.updated_at)`,
  "a conversation does not begin with its first dialog": `
    select from chat.conversations c
    where c.created_at <> (select min(d.created_at) from chat.dialogs d where d.conversation_id = c.id)`,
  "an event does not count from there": `
    select from chat.events e join chat.conversations c on c.id = e.conversation_id
    where e.value is distinct from floor(extract(epoch from e.created_at - c.created_at))`,
  "events of a dialog tie": `
    select from chat.events e where e.name <> 'first_response'
    group by e.dialog_id, e.created_at having count(*) > 1`,
  "an answer comes at or before what it implies": `
    select from chat.messages m join chat.events e using (dialog_id)
    where m.message_type = 1 and m.created_at = (select min(a.created_at) from chat.messages a where a.dialog_id = m.dialog_id)
      and e.created_at between m.created_at and m.created_at + interval '1 microsecond' and e.name in ('conversation_open', 'conversation_pending')`,
  "a dialog does not end with its resolution": `
    select from chat.dialogs d
    where not exists (
      select from chat.events e
      where e.dialog_id = d.id and e.name = 'conversation_resolved'
        and e.created_at = d.updated_at and e.user_id is not distinct from d.assignee_id
    )`,
  "something is in another conversation than its dialog": `
    select from chat.dialogs d
    join (
      select m.dialog_id, m.conversation_id from chat.messages m
      union all select e.dialog_id, e.conversation_id from chat.events e
    ) s on s.dialog_id = d.id
    where s.conversation_id <> d.conversation_id`,
  "the first response is not the first answer": `
    select from chat.conversations c
    left join lateral (
      select m.created_at from chat.messages m
      where m.conversation_id = c.id and m.message_type = 1 order by m.created_at limit 1
    ) answer on true
    left join chat.events e on e.conversation_id = c.id and e.name = 'first_response'
    where e.created_at is distinct from answer.created_at + interval '1 microsecond'`,
};

/** Everything but ids, which depend on the order of delivery. */
const DIALOGS = `
  select c.account_id, c.chat_guid, p.identifier, d.created_at, d.updated_at, d.assignee_id,
    (select json_agg(json_build_array(e.name, e.user_id, e.created_at) order by e.created_at, e.name)
     from chat.events e where e.dialog_id = d.id and e.name <> 'first_response') as events,
    (select json_agg(json_build_array(m.created_at, m.additional_attributes) order by m.id)
     from chat.messages m where m.dialog_id = d.id) as messages
  from chat.chats c join chat.dialogs d on d.id = c.dialog_id
  join chat.contacts p on p.account_id = d.account_id and p.id = d.contact_id
  where c.account_id = $1 order by c.chat_guid`;

it("whatever is put and however it is delivered, conversations agree with their dialogs, and the last put of a chat counts", async () => {
  let account = 0;
  let firstEvent = 1;
  await fc.assert(
    fc.asyncProperty(history, async ([puts, order]) => {
      const store = async (SiteId: number, indexes: Iterable<number>) => {
        for (const index of indexes) {
          const data = { ...puts[index], SiteId };
          await deliver(db.pool, { id: firstEvent + index, name: "chat.ended", data });
        }
        firstEvent += puts.length;
        for (const [what, query] of Object.entries(BROKEN)) {
          expect((await db.pool.query(query)).rowCount, what).toBe(0);
        }
        const { rows } = await db.pool.query(DIALOGS, [SiteId]);
        return rows.map(({ account_id: _account, ...dialog }) => dialog);
      };
      const shuffled = await store(++account, order);
      const lastPuts = new Map([...puts.entries()].map(([index, { ChatId }]) => [ChatId, index]));
      expect(shuffled).toEqual(await store(++account, lastPuts.values()));
    }),
    { numRuns: runs(40) },
  );
});
