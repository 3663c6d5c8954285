import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { Sealing } from "../../src/outbound/sealing.ts";
import { createSigningSecret } from "../../src/outbound/webhook/signature.ts";
import { column, value } from "../broker/test-queue.ts";
import type { Checkout } from "../setup/checkout.ts";
import type { TestDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { insertDestination } from "./insert-destination.ts";
import { CERTIFICATE } from "./peers/certificate.ts";
import { httpPeer } from "./peers/http-peer.ts";
import { startSalesforcePeer } from "./peers/salesforce-peer.ts";
import { smtpPeer } from "./peers/smtp-peer.ts";
import { startZendeskPeer } from "./peers/zendesk-peer.ts";

const SECRETS_KEY = randomBytes(32).toString("base64");
const LOGIN = { user: "shop", password: "nobody-reads-this" };

/** An account with a destination of every kind, and real peers behind them until the test has finished. */
export type OneOfEach = Awaited<ReturnType<typeof oneOfEach>>;

export async function oneOfEach(db: TestDatabase, account: number) {
  const [mail, receiver] = await Promise.all([smtpPeer({ login: LOGIN }), httpPeer()]);
  const [org, zendesk] = await Promise.all([startSalesforcePeer(), startZendeskPeer()]);
  onTestFinished(async () => void (await Promise.all([org.close(), zendesk.close()])));
  const signingSecret = createSigningSecret();
  const { clientId, clientSecret } = org.app;
  const { email, apiToken } = zendesk.agent;
  const sealing = new Sealing(SECRETS_KEY);

  await db.pool.query("insert into chat.accounts (id, name) values ($1, 'Coffee shop')", [account]);
  const ids = {
    email: await add(
      "email",
      {
        smtp: { host: "localhost", port: mail.port },
        from: "Shop <support@shop.example>",
        "chat.ended": { to: ["team@shop.example"] },
        "offlineMessage.submitted": { to: ["team@shop.example"] },
      },
      LOGIN,
    ),
    webhook: await add("webhook", { url: receiver.url }, { secret: signingSecret }),
    ticket: await add("ticket", {}),
    salesforce: await add("salesforce", { loginUrl: org.url }, { clientId, clientSecret }),
    zendesk: await add("zendesk", { endpoint: zendesk.url }, { email, apiToken }),
  };

  return { ids, mail, receiver, signingSecret, org, zendesk };

  function add(kind: string, settings: object, secrets?: object): Promise<number> {
    return insertDestination(db.pool, sealing, { account, kind, settings, secrets });
  }
}

/** `./parley work QUEUE...` until the test file ends, allowed to call the peers on this machine. */
export function startWork(checkout: Checkout, db: TestDatabase, ...queues: string[]): void {
  const certificate = path.join(checkout.folder, "certificate.pem");
  writeFileSync(certificate, CERTIFICATE);
  checkout.start([path.join(checkout.folder, "parley"), "work", ...queues], {
    DATABASE_URL: db.url,
    PARLEY_SECRETS_KEY: SECRETS_KEY,
    PARLEY_PRIVATE_ADDRESSES: "127.0.0.0/8,::1/128",
    NODE_EXTRA_CA_CERTS: certificate,
  });
}

/** `./parley put`; returns the id of the event. */
export async function putByCommand(
  checkout: Checkout,
  db: TestDatabase,
  name: string,
  data: object,
): Promise<number> {
  const file = path.join(checkout.folder, "document.json");
  writeFileSync(file, JSON.stringify(data));
  const { stdout, stderr } = await checkout.parley(["put", name, file, "--json"], { DATABASE_URL: db.url });
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout).id;
}

/** Kinds of the destinations that have taken the event. */
export function takenBy(db: TestDatabase, event: number): Promise<string[]> {
  return column<string>(
    db.pool,
    `select d.kind from outbound.attempts a join outbound.destinations d on d.id = a.destination_id
     where a.event_id = $1 and a.outcome = 'delivered' order by d.kind`,
    [event],
  );
}

/** Waits until these queues are empty and everything accepted is delivered; an error is one of the test. */
export async function untilNothingWaits(db: TestDatabase, queues: readonly string[]): Promise<void> {
  const views = queues.map((queue) => `select event_id from broker."${queue}"`).join(" union all ");
  await until(
    "nothing waits",
    async () => {
      const errors = await column<string>(db.pool, "select error from broker.error_messages");
      if (errors.length > 0) throw new Error(errors.join("\n"));
      return value<boolean>(
        db.pool,
        `select not exists (${views}) and not exists (select from broker.delayed_messages)
           and not exists (select from outbound.deliveries)`,
      );
    },
    30_000,
  );
}
