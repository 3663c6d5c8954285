import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { AttemptContext, Delivery, Receipt } from "../../../src/outbound/adapter.ts";
import { createEmailAdapter } from "../../../src/outbound/email/adapter.ts";
import { emailSchemas } from "../../../src/outbound/email/events.ts";
import type { SessionOptions } from "../../../src/outbound/email/sessions.ts";
import { emailSecrets, emailSettings } from "../../../src/outbound/email/settings.ts";
import { CERTIFICATE } from "../peers/certificate.ts";
import type { SmtpPeer } from "../peers/smtp-peer.ts";

export type EventName = keyof typeof emailSchemas;

export const CHAT = "chat.ended";
export const MESSAGE = "offlineMessage.submitted";

/** The document of examples/events, with other members where `changes` says so. */
export function exampleOf(eventName: EventName, changes: object = {}): object {
  const file = new URL(`../../../examples/events/${eventName}.json`, import.meta.url);
  return { ...JSON.parse(readFileSync(file, "utf8")), ...changes };
}

/** As the dispatcher hands it to an adapter. */
export function deliveryOf(
  eventName: EventName,
  changes: object = {},
  more: Partial<Delivery> = {},
): Delivery {
  return {
    id: "parley-7-42",
    eventId: 42,
    eventName,
    key: "1001",
    attempt: 1,
    data: emailSchemas[eventName].parse(exampleOf(eventName, changes)),
    putAt: new Date("2026-03-02T09:27:42Z"),
    ...more,
  };
}

/** Settings of an account whose mail server is at localhost: both events to one address, unless said otherwise. */
export function settingsOf(changes: object = {}) {
  return emailSettings.parse({
    smtp: { host: "localhost", port: 25 },
    from: "Світанок <support@shop.example>",
    time_zone: "Europe/Kyiv",
    [CHAT]: { to: ["team@shop.example"] },
    [MESSAGE]: { to: ["team@shop.example"] },
    ...changes,
  });
}

export interface Attempt {
  settings?: object;
  secrets?: object;
  signal?: AbortSignal;
  query?: AttemptContext["query"];
}

/** An adapter of a worker that may call this machine, and whatever it logs. */
export function useMailer(options: Partial<SessionOptions> = {}) {
  const adapter = createEmailAdapter({ privateAddresses: ["127.0.0.0/8"], ca: CERTIFICATE, ...options });
  const logged: unknown[] = [];
  const note = (...what: unknown[]) => void logged.push(...what);
  onTestFinished(() => adapter.close!());

  return {
    adapter,
    logged,
    /** Delivers to the destination of that server. */
    deliver(
      { port, behaviour: { security } }: Pick<SmtpPeer, "port" | "behaviour">,
      delivery: Delivery,
      { settings = {}, secrets = {}, signal = new AbortController().signal, query = noQuery }: Attempt = {},
    ): Promise<Receipt> {
      const destination = {
        id: 7,
        accountId: 1001,
        name: "mail",
        settings: settingsOf({ smtp: { host: "localhost", port, security }, ...settings }),
        secrets: emailSecrets.parse(secrets),
      };
      const log = { debug: note, info: note, warn: note, error: note };
      return adapter.deliver(delivery, destination, { signal, log, query });
    },
  };
}

async function noQuery(): Promise<never> {
  throw new Error("a mail to one person needs no database");
}

/** What a promise is rejected with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; receipt?: Receipt }> {
  return promise.then(
    () => {
      throw new Error("expected it to fail");
    },
    (error) => error,
  );
}
