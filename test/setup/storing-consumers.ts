import type { ConsumerDefinition } from "../../src/broker/consumer.ts";

/** Stores each event it gets in `public.stored`, in the transaction that confirms it; dies of one that says so. */
const definitions: ConsumerDefinition[] = [
  {
    queue: "TicketQueue",
    delivery: "transactional",
    async handle({ id, data }, { tx }) {
      await tx.query("insert into public.stored (event_id) values ($1)", [id]);
      if ((data as { poison?: boolean }).poison) process.kill(process.pid, "SIGKILL");
    },
  },
];

export default definitions;
