import { afterEach, beforeEach } from "vitest";
import type { Delivery, Receipt } from "../../../src/outbound/adapter.ts";
import { createHttpClient, type HttpClient } from "../../../src/outbound/http/client.ts";
import { salesforceAdapter } from "../../../src/outbound/salesforce/adapter.ts";
import { salesforceSecrets } from "../../../src/outbound/salesforce/settings.ts";
import { attempt, deliverBy, deliveryOf, exampleOf } from "../deliveries.ts";
import { type SalesforcePeer, startSalesforcePeer } from "../peers/salesforce-peer.ts";
import { settableClock } from "../settable-clock.ts";

type FieldValue = { Name: string; Value: string | null };

/** What the event asks of Salesforce. */
export interface Asked {
  PurposeChatEnd: number;
  Cases?: FieldValue[];
  Tasks?: FieldValue[];
  Leads?: FieldValue[];
  CreateContact?: FieldValue[];
  UpdateContact?: FieldValue[];
}

/** An org, and an adapter that is logged in to nothing yet, anew for each test. */
export function useSalesforce() {
  let peer: SalesforcePeer;
  let http: HttpClient;
  const clock = settableClock();
  let adapter: ReturnType<typeof salesforceAdapter>;

  beforeEach(async () => {
    peer = await startSalesforcePeer();
    http = createHttpClient({ privateAddresses: ["127.0.0.0/8"] });
    adapter = salesforceAdapter(http, clock);
  });
  afterEach(async () => {
    await adapter.close?.();
    await http.close();
    await peer.close();
  });

  const deliver = (
    delivery: Delivery,
    settings: Record<string, unknown> = {},
    { secrets, signal }: { secrets?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Receipt> => {
    const { clientId, clientSecret, refreshToken } = peer.app;
    return deliverBy(
      adapter,
      delivery,
      {
        id: 7,
        accountId: 1001,
        name: "our org",
        settings: adapter.settings.parse({ loginUrl: peer.url, ...settings }),
        secrets: salesforceSecrets.parse(secrets ?? { clientId, clientSecret, refreshToken }),
      },
      attempt(signal),
    );
  };

  return {
    peer: () => peer,
    /** Seconds go by. */
    pass: clock.pass,
    /** As a worker that starts again: nothing is remembered. */
    restart: () => {
      adapter = salesforceAdapter(http, clock);
    },
    deliver,
    chatEnded: (asked: Asked | null, settings = {}, changes: Record<string, unknown> = {}) =>
      deliver(deliveryOf("chat.ended", exampleOf("chat.ended", { Salesforce: asked, ...changes })), settings),
  };
}

export function fields(values: Record<string, string | null>): FieldValue[] {
  return Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
}
