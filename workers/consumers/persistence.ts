import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { describeInvalid } from "../../src/consumers/describe-invalid.ts";
import { schemas, storeEvent } from "../../src/consumers/persistence.ts";

/** Stores what happened in the chats: see `sql/chat`. */
export default defineConsumer({
  queue: "PersistenceQueue",
  delivery: "transactional",
  schemas,
  describeInvalid,
  handle: storeEvent,
});
