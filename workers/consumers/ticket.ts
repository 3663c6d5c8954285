import { defineAcceptingConsumer } from "../../src/outbound/define-accepting-consumer.ts";

export default defineAcceptingConsumer("ticket", "TicketQueue");
