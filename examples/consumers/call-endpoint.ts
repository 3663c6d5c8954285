import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { Reject, RetryLater } from "../../src/broker/outcome.ts";

/** Posts each event of EndpointQueue to ENDPOINT_URL. The receiver sees some twice, and tells them by their id. */
export default defineConsumer({
  queue: "EndpointQueue",
  delivery: "calling-out",
  timeoutSeconds: 10,
  concurrency: 8,
  async handle(event, { signal }) {
    const response = await fetch(process.env.ENDPOINT_URL ?? "http://127.0.0.1:8080/", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-event-id": String(event.id),
        "x-event-name": event.name,
      },
      body: JSON.stringify(event.data),
      signal,
    });
    if (response.status === 429) {
      throw new RetryLater(
        Number(response.headers.get("retry-after") ?? 60),
        "the endpoint asks for a pause",
      );
    }
    if (response.status >= 400 && response.status < 500) {
      throw new Reject("PA020", `the endpoint refuses it: ${response.status}`);
    }
    if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
  },
});
