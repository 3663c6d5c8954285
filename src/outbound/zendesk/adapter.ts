import type { Adapter } from "../adapter.ts";
import { type Clock, systemClock } from "../clock.ts";
import { enquiryOf, mappableEnquirySchemas } from "../enquiry.ts";
import type { HttpAnswer } from "../http/answer.ts";
import type { HttpClient } from "../http/client.ts";
import { clientFor } from "./client.ts";
import { assertWithin, type RateLimit, rateLimitOf } from "./rate-limit.ts";
import { type ZendeskSecrets, type ZendeskSettings, zendeskSecrets, zendeskSettings } from "./settings.ts";
import { ticketOf } from "./ticket.ts";

/** Tickets in Zendesk. */
export function zendeskAdapter(
  http: HttpClient,
  clock: Clock = systemClock,
): Adapter<ZendeskSettings, ZendeskSecrets> {
  /** By destination. */
  const limits = new Map<number, RateLimit>();
  return {
    kind: "zendesk",
    queue: "ZendeskQueue",
    settings: zendeskSettings(http.privateAddresses),
    secrets: zendeskSecrets,
    schemas: mappableEnquirySchemas,
    retryAfterSeconds: [5, 30, 120, 600, 1800, 3600, 7200],
    timeoutSeconds: 90,
    async deliver(delivery, destination, { signal }) {
      const { settings, accountId } = destination;
      const { enquiry, document } = enquiryOf(delivery);
      if (settings.chats === "asked" && !enquiry.asksForTicket) return { note: "no ticket is asked for" };
      assertWithin(limits.get(destination.id), settings.rateLimitShare, clock.now());
      const onAnswer = (answer: HttpAnswer) => {
        const limit = rateLimitOf(answer, clock.now());
        if (limit) limits.set(destination.id, limit);
      };
      const headers = { "Idempotency-Key": delivery.id };
      const id = await ticketOf({
        client: clientFor(http, destination, signal, { onAnswer }),
        creating: clientFor(http, destination, signal, { headers, onAnswer }),
        delivery,
        enquiry,
        document,
        settings,
        accountId,
      });
      return { reference: `ticket ${id}` };
    },
  };
}
