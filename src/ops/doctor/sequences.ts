import { type Check, orOk, problem } from "./check.ts";

/** The broker finds late commits by the order of message ids: a session that hoards ids breaks that order. */
export const sequences: Check = {
  name: "sequences",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<{ sequence: string; cache: number; cycle: boolean }>(
      `select s.seqrelid::regclass::text as sequence, s.seqcache as cache, s.seqcycle as cycle
       from pg_sequence s
       where s.seqrelid in ('broker.message_id_seq'::regclass, 'broker.event_id_seq'::regclass)
         and (s.seqcache > 1 or s.seqcycle)`,
    );
    const findings = rows.map(({ sequence, cache, cycle }) =>
      problem(
        `${sequence} has ${cache > 1 ? `cache ${cache}` : ""}${cycle ? " cycle" : ""}: messages can be passed over`,
        `alter sequence ${sequence} cache 1 no cycle, then end the sessions that put events`,
      ),
    );
    return orOk(findings, "ids are drawn one by one");
  },
};
