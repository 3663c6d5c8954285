/** As ARGUMENTS of descriptions.ts. */
export const WEBHOOK_ARGUMENTS: Record<string, string> = {
  endpointId: "The endpoint.",

  "redeliverWebhooks.eventId": "This event; or since is given.",
  "redeliverWebhooks.since": "Events that were put then or later; or eventId is given.",
  "redeliverWebhooks.until": "With since: events that were put before; default: now.",
};
