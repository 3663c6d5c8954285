import { z } from "zod";
import { Reject } from "../../../src/broker/outcome.ts";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { DestinationDown } from "../../../src/outbound/destination-down.ts";

interface Settings {
  url: string;
}

interface Secrets {
  token?: string | undefined;
}

export type TestAdapter = Adapter<Settings, Secrets>;

/** What an adapter over plain HTTP is: 2xx taken, 400 never, 5xx and no connection: all of it is down, else try again. */
export function httpAdapter(change: Partial<TestAdapter> = {}): TestAdapter {
  return {
    kind: "webhook",
    queue: "WebHookQueue",
    settings: z.strictObject({ url: z.url() }),
    secrets: z.strictObject({ token: z.string().optional() }),
    schemas: {},
    retryAfterSeconds: [0.05, 0.1, 0.2],
    timeoutSeconds: 5,
    async deliver(delivery, { settings, secrets }, { signal }) {
      const response = await fetch(settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-delivery": delivery.id,
          "x-token": secrets.token ?? "",
        },
        body: JSON.stringify({ ...delivery }),
        signal,
      }).catch((error) => {
        throw new DestinationDown("PA070", "no connection", { cause: error.cause ?? error });
      });
      const answer = await response.text();
      const receipt = { status: response.status, answer };
      if (response.ok) return receipt;
      if (response.status === 400) throw new Reject("PA073", "it refuses this one");
      if (response.status >= 500)
        throw new DestinationDown("PA070", `it answers ${response.status}`, { receipt });
      throw Object.assign(new Error(`it answers ${response.status}`), { code: "PA073", receipt });
    },
    ...change,
  };
}
