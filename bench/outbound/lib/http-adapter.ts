import { z } from "zod";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { DestinationDown } from "../../../src/outbound/destination-down.ts";

/** Plain fetch, so that the yardstick, plain fetch, differs by the engine only. */
export const httpAdapter: Adapter = {
  kind: "webhook",
  queue: "WebHookQueue",
  settings: z.object({ url: z.string() }),
  secrets: z.object({}),
  schemas: {},
  retryAfterSeconds: [1, 2, 4],
  timeoutSeconds: 15,
  async deliver(delivery, destination, { signal }) {
    const { url } = destination.settings as { url: string };
    const response = await fetch(url, requestOf(delivery.id, delivery.data, signal)).catch((error) => {
      throw new DestinationDown("PA070", "no answer", { cause: error });
    });
    return { status: response.status, answer: await response.text() };
  },
};

export function requestOf(id: string, data: unknown, signal?: AbortSignal): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", "x-delivery": id },
    body: JSON.stringify(data),
    ...(signal ? { signal } : {}),
  };
}
