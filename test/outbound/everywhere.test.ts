import { Webhook } from "standardwebhooks";
import { beforeAll, expect, it, vi } from "vitest";
import { column, rows } from "../broker/test-queue.ts";
import { useCheckout } from "../setup/checkout.ts";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { exampleOf } from "./deliveries.ts";
import {
  type OneOfEach,
  oneOfEach,
  putByCommand,
  startWork,
  takenBy,
  untilNothingWaits,
} from "./one-of-each.ts";

vi.setConfig({ testTimeout: 90_000 });

const db = useDatabase();
const checkout = useCheckout();
const KINDS = ["email", "salesforce", "ticket", "webhook", "zendesk"];
const QUEUES = [
  "PersistenceQueue",
  "EmailQueue",
  "SalesforceQueue",
  "TicketQueue",
  "WebHookQueue",
  "ZendeskQueue",
];

beforeAll(() => startWork(checkout, db));

/** Puts it once, by one command, and waits until everybody has had it. */
async function putEverywhere(name: string, data: object): Promise<number> {
  const event = await putByCommand(checkout, db, name, data);
  await until("all have it", async () => (await takenBy(db, event)).length === KINDS.length, 30_000);
  expect(await takenBy(db, event)).toEqual(KINDS);
  await untilNothingWaits(db, QUEUES);
  return event;
}

/** Everything that has come of the account's events, by number. */
async function countsOf(account: number, { mail, receiver, org, zendesk }: OneOfEach) {
  const [stored] = await rows(
    db.pool,
    `select (select count(*)::int from chat.messages where account_id = $1) as "messages",
       (select count(*)::int from chat.offline_messages where account_id = $1) as "offlineMessages",
       (select count(*)::int from chat.tickets where account_id = $1) as "tickets",
       (select count(*)::int from chat.ticket_messages where account_id = $1) as "ticketMessages"`,
    [account],
  );
  return {
    ...stored,
    mails: mail.received.length,
    webhooks: receiver.received.length,
    records: Object.values(org.records).flat().length,
    zendeskTickets: zendesk.tickets.length,
    zendeskComments: zendesk.tickets.flatMap(({ comments }) => comments).length,
    zendeskUsers: zendesk.users.length,
  };
}

const verified = ({ receiver, signingSecret }: OneOfEach) =>
  receiver.received.map(({ body, headers }) =>
    new Webhook(signingSecret).verify(body, headers as Record<string, string>),
  );

/** As it is read, without markup. */
const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ");

it("chat.ended, put once, is stored, mailed, a ticket, a case of a contact, a ticket of Zendesk, and a signed webhook", async () => {
  const account = 2001;
  const peers = await oneOfEach(db, account);
  const { mail, org, zendesk } = peers;
  const document = exampleOf("chat.ended", { SiteId: account });
  const said = "Добрий день! Замовлення 88214 досі не приїхало.";
  const event = await putEverywhere("chat.ended", document);

  // Stored: one conversation, its dialog, every message in its order.
  const [dialog, ...others] = await rows<{ id: string; status: number; contents: string[] }>(
    db.pool,
    `select d.id::text, c.status, array_agg(m.content order by m.created_at) as contents
     from chat.conversations c join chat.dialogs d on d.conversation_id = c.id join chat.messages m on m.dialog_id = d.id
     where c.account_id = $1 group by d.id, c.status`,
    [account],
  );
  expect(others).toEqual([]);
  expect(dialog!.contents).toEqual(
    (document.Messages as { Message: string }[]).map(({ Message }) => Message),
  );

  // A mail of text and HTML that say the same, in the thread of its chat.
  expect(mail.received).toHaveLength(1);
  const [{ to, isEncrypted, mail: letter }] = mail.received as [(typeof mail.received)[0]];
  expect({ to, isEncrypted }).toEqual({ to: ["team@shop.example"], isEncrypted: true });
  expect(letter.subject).toBe("Chat with Дарина Коваль (Delivery)");
  expect(letter.messageId).toMatch(/^<[^<>@\s]+@shop\.example>$/);
  expect(letter.inReplyTo).toMatch(/^<[^<>@\s]+@shop\.example>$/);
  expect(letter.references).toContain(letter.inReplyTo);
  for (const message of dialog!.contents) {
    expect(letter.text).toContain(message);
    expect(textOf(letter.html!)).toContain(message);
  }

  // A ticket that leads to the dialog.
  expect(
    await rows(
      db.pool,
      `select t.number, t.external_id, t.status::text, coalesce(t.dialog_id, chat.dialog_of_chat(t.account_id, t.chat_guid))::text as dialog,
         (select count(*)::int from chat.ticket_messages m where m.ticket_id = t.id and m.content like '%' || $2 || '%') as transcripts
       from chat.tickets t where t.account_id = $1`,
      [account, said],
    ),
  ).toEqual([{ number: 1, external_id: "T-20931", status: "open", dialog: dialog!.id, transcripts: 1 }]);

  // What purpose 4 asks for: a new contact with a case.
  const { Case: cases, Contact: contacts, Task: tasks, Lead: leads } = org.records;
  expect({ tasks, leads }).toEqual({ tasks: [], leads: [] });
  expect(contacts).toMatchObject([{ LastName: "Коваль", Email: "daryna.koval@example.com" }]);
  expect(cases).toMatchObject([
    {
      Subject: "Order 88214 is late",
      ContactId: contacts![0]!.Id,
      Description: expect.stringContaining(said),
    },
  ]);

  // Zendesk knows who asks, and what was said.
  expect(zendesk.users).toMatchObject([{ name: "Дарина Коваль", email: "daryna.koval@example.com" }]);
  expect(zendesk.tickets).toMatchObject([
    {
      requester_id: zendesk.users[0]!.id,
      comments: [
        { public: true, body: expect.stringContaining(said) },
        { public: false, body: expect.stringContaining("您的包裹在海关，明天送达。") },
      ],
    },
  ]);

  // A webhook with the document as it was put.
  expect(verified(peers)).toEqual([
    { id: event, type: "chat.ended", timestamp: expect.stringMatching(/Z$/), data: document },
  ]);
});

it("a chat that asks for a lead with a task gets these", async () => {
  const account = 2002;
  const peers = await oneOfEach(db, account);
  const Salesforce = {
    PurposeChatEnd: 6,
    Tasks: [{ Name: "Subject", value: "Call the courier" }],
    Leads: [{ Name: "Company", value: "Кав'ярня «Світанок»" }],
  };
  await putEverywhere(
    "chat.ended",
    exampleOf("chat.ended", { SiteId: account, ChatId: "another", Salesforce }),
  );
  const { Case, Contact, Task, Lead } = peers.org.records;
  expect({ Case, Contact }).toEqual({ Case: [], Contact: [] });
  expect(Lead).toMatchObject([{ Company: "Кав'ярня «Світанок»", Email: "daryna.koval@example.com" }]);
  expect(Task).toMatchObject([{ Subject: "Call the courier", WhoId: Lead![0]!.Id, Status: "Completed" }]);
});

it("offlineMessage.submitted, put once, reaches all of them with its file", async () => {
  const account = 2003;
  const peers = await oneOfEach(db, account);
  const { mail, org, zendesk } = peers;
  const document = exampleOf("offlineMessage.submitted", { SiteId: account, TicketId: 0 });
  const event = await putEverywhere("offlineMessage.submitted", document);
  const content = String(document.Content);

  expect(
    await rows(
      db.pool,
      `select title, content, convert_from(attachment_content, 'UTF8') as file from chat.offline_messages where account_id = $1`,
      [account],
    ),
  ).toEqual([{ title: "发票", content, file: "Invoice 88214\n" }]);

  expect(mail.received).toHaveLength(1);
  const letter = mail.received[0]!.mail;
  expect(letter.subject).toBe("发票 (李娜)");
  expect(letter.replyTo).toMatchObject([{ address: "li.na@example.com" }]);
  expect(letter.text).toContain(content);
  expect(textOf(letter.html!)).toContain(content);
  expect(letter.attachments).toMatchObject([{ filename: "invoice.txt" }]);

  expect(
    await rows(
      db.pool,
      `select t.subject, t.status::text, m.content, c.email from chat.tickets t
       join chat.ticket_messages m on m.ticket_id = t.id and not m.private
       join chat.contacts c on c.id = t.contact_id where t.account_id = $1`,
      [account],
    ),
  ).toEqual([{ subject: "发票", status: "open", content, email: "li.na@example.com" }]);

  expect(org.records.Case).toMatchObject([{ Subject: "发票", SuppliedEmail: "li.na@example.com" }]);
  expect(zendesk.users).toMatchObject([{ name: "李娜", email: "li.na@example.com" }]);
  expect(zendesk.tickets).toMatchObject([{ subject: "发票", requester_id: zendesk.users[0]!.id }]);
  expect(zendesk.tickets[0]!.comments[0]!.uploads).toHaveLength(1);
  expect([...zendesk.uploads.values()]).toEqual([
    { filename: "invoice.txt", content: Buffer.from("Invoice 88214\n") },
  ]);
  expect(verified(peers)).toMatchObject([{ id: event, type: "offlineMessage.submitted", data: document }]);
});

it.each([
  ["chat.ended", 2004, {}],
  ["offlineMessage.submitted", 2005, { TicketId: 0 }],
])("%s, replayed to every queue, makes no second one of anything", async (name, account, changes) => {
  const peers = await oneOfEach(db, account);
  const event = await putEverywhere(name, exampleOf(name, { SiteId: account, ...changes }));
  const before = await countsOf(account, peers);
  expect(before).toMatchObject({ tickets: 1, mails: 1, webhooks: 1, zendeskTickets: 1, zendeskUsers: 1 });
  const replayed = await column<string>(
    db.pool,
    `select broker.replay(queue, since => e.put_at) from broker.events e, unnest($2::text[]) as queue where e.id = $1`,
    [event, QUEUES],
  );
  expect(replayed.map(Number)).toEqual(QUEUES.map(() => 1));
  await untilNothingWaits(db, QUEUES);
  expect(await takenBy(db, event)).toEqual(KINDS);
  expect(await countsOf(account, peers)).toEqual(before);
});

it("delivered again on demand, nothing is made twice, and receivers see the ids that they know", async () => {
  const account = 2006;
  const peers = await oneOfEach(db, account);
  const event = await putEverywhere("chat.ended", exampleOf("chat.ended", { SiteId: account }));
  const before = await countsOf(account, peers);
  await column(db.pool, "select outbound.redeliver(id, event_id => $1) from unnest($2::int[]) as id", [
    event,
    Object.values(peers.ids),
  ]);
  await untilNothingWaits(db, QUEUES);
  expect(await takenBy(db, event)).toEqual([...KINDS, ...KINDS].sort());
  expect(await countsOf(account, peers)).toEqual({ ...before, mails: 2, webhooks: 2 });
  expect(new Set(peers.mail.received.map(({ mail }) => mail.messageId)).size).toBe(1);
  expect(new Set(peers.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});
