import type { ConsumerDefinition, Event, Transaction } from "../broker/consumer.ts";
import { type Consumer, defineConsumer } from "../broker/define-consumer.ts";
import { isObject } from "../consumers/spelling.ts";

/** Accounts are sites, numbered from 1. */
const ACCOUNT = /^[1-9][0-9]{0,9}$/;

/** Makes deliveries of the events of a queue, one for each destination of that kind that wants the event: see sql/outbound/accept.sql. */
export function defineAcceptingConsumer(kind: string, queue: string): Consumer {
  return defineConsumer(acceptingConsumer(kind, queue));
}

export function acceptingConsumer(kind: string, queue: string): ConsumerDefinition {
  return {
    queue,
    delivery: "transactional",
    handle: (event, { tx }) => accept(kind, [event], tx),
    handleBatch: (events, { tx }) => accept(kind, events, tx),
  };
}

async function accept(kind: string, events: Event[], tx: Transaction): Promise<void> {
  // Of no account: nobody can have a destination for it.
  const ofAccounts = events.flatMap((event) => {
    const account = accountOf(event);
    return account === undefined ? [] : [{ account, event }];
  });
  await tx.query(
    "select outbound.accept(kind => $1, account_ids => $2, event_ids => $3, event_names => $4, keys => $5)",
    [
      kind,
      ofAccounts.map(({ account }) => account),
      ofAccounts.map(({ event }) => event.id),
      ofAccounts.map(({ event }) => event.name),
      ofAccounts.map(({ event }) => event.key),
    ],
  );
}

/** As outbound._account_id in SQL. */
function accountOf({ data }: Event): string | undefined {
  const siteId = isObject(data) ? String(data.SiteId ?? data.siteId) : "";
  return ACCOUNT.test(siteId) ? siteId : undefined;
}
