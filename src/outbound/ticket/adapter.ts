import type { Adapter } from "../adapter.ts";
import { enquirySchemas } from "../enquiry.ts";
import type { HttpClient } from "../http/client.ts";
import { entryOf } from "./entry.ts";
import { sendByHttp } from "./http.ts";
import { fileInOwn } from "./own.ts";
import { type TicketSecrets, type TicketSettings, ticketSecrets, ticketSettings } from "./settings.ts";

/** Tickets of chats and offline messages: in schema chat, or in another ticket system. */
export function ticketAdapter(http: HttpClient): Adapter<TicketSettings, TicketSecrets> {
  return {
    kind: "ticket",
    queue: "TicketQueue",
    settings: ticketSettings(http.privateAddresses),
    secrets: ticketSecrets,
    schemas: enquirySchemas,
    retryAfterSeconds: [5, 30, 120, 600, 1800, 3600, 7200, 14_400],
    // Two calls at most: what cannot be appended is made anew.
    timeoutSeconds: 40,
    async deliver(delivery, destination, context) {
      const { settings } = destination;
      const entry = entryOf(delivery, settings);
      if (!entry) return { note: "no ticket is asked for" };
      return settings.target === "own"
        ? fileInOwn(entry, delivery, destination.accountId, settings, context.query)
        : sendByHttp(http, entry, delivery, { ...destination, settings }, context);
    },
  };
}
