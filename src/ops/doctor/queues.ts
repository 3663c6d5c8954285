import { countOf, formatAge } from "../output.ts";
import { type Check, type Finding, orOk, problem, warning } from "./check.ts";

const UNREAD_S = 60;
const OLD_ERROR_S = 86_400;

interface QueueState {
  queue: string;
  enabled: boolean;
  waiting: number;
  errors: number;
  oldest_age_s: number | null;
  oldest_error_s: number | null;
  readers: number;
  task: string | null;
}

export const queues: Check = {
  name: "queues",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<QueueState>(
      `select s.queue, s.enabled, s.waiting, s.errors, s.oldest_age_s::float8, s.readers, s.task,
         (select extract(epoch from broker.now() - min(e.failed_at))::float8
          from broker.error_messages e
          join broker.queues q on q.id = e.queue_id
          where q.name = s.queue) as oldest_error_s
       from broker.queue_status s`,
    );
    return orOk(
      rows.flatMap(judge),
      `${countOf(rows.length, "queue")}: none paused, nothing waits unread, no old errors`,
    );
  },
};

function judge(row: QueueState): Finding[] {
  const findings: Finding[] = [];
  const waiting = `${countOf(row.waiting, "message")} waiting`;
  if (!row.enabled) {
    findings.push(warning(`${row.queue} is paused, ${waiting}`, `./parley resume ${row.queue}`));
  } else if (row.waiting > 0 && row.task === null) {
    const advice = "Start a worker that has its consumer, or unsubscribe its events; messages are kept.";
    findings.push(warning(`${row.queue} has never had a consumer, ${waiting}`, advice));
  } else if (row.waiting > 0 && row.readers === 0 && (row.oldest_age_s ?? 0) > UNREAD_S) {
    const age = formatAge(row.oldest_age_s);
    findings.push(
      problem(`nobody reads ${row.queue}, ${waiting} for up to ${age}`, `./parley work ${row.queue}`),
    );
  }
  if ((row.oldest_error_s ?? 0) > OLD_ERROR_S) {
    const text = `${row.queue} has ${countOf(row.errors, "message")} in the error queue for up to ${formatAge(row.oldest_error_s)}`;
    findings.push(warning(text, `./parley errors --queue ${row.queue}, then redrive or discard them`));
  }
  return findings;
}
