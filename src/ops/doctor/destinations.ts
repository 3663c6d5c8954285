import { loadConfig } from "../../config.ts";
import type { SealedFor } from "../../outbound/sealing.ts";
import { sealingOf } from "../../outbound/secrets-key.ts";
import { countOf, formatAge } from "../output.ts";
import { type Check, type Finding, orOk, problem, warning } from "./check.ts";

const LONG_DOWN_S = 3600;

interface DestinationState {
  id: number;
  kind: string;
  name: string;
  state: string;
  waiting: number;
  error_code: string | null;
  error: string | null;
  failing_s: number | null;
}

/** A kind with enabled destinations that no event reaches. */
interface CutOff {
  kind: string;
  queue: string;
  destinations: number;
  has_queue: boolean;
}

interface SealedSecrets extends SealedFor {
  secrets: string;
}

export const destinations: Check = {
  name: "destinations",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<DestinationState>(
      `select id, kind, name, state, waiting, error_code, error,
         extract(epoch from broker.now() - failing_since)::float8 as failing_s
       from outbound.destination_states`,
    );
    const { rows: sealed } = await db.query<SealedSecrets>(
      `select id, account_id::float8 as "accountId", secrets from outbound.destinations where secrets is not null and enabled`,
    );
    const { rows: kinds } = await db.query<CutOff>(
      `select k.name as kind, k.queue, count(*)::integer as destinations,
         exists (select from broker.queues q where q.name = k.queue) as has_queue
       from outbound.kinds k
       join outbound.destinations d on d.kind = k.name and d.enabled and d.removed_at is null
       where not exists (select from broker.t_chatserver_queue r where r.name = k.queue)
       group by k.name, k.queue`,
    );
    const findings = [...rows.flatMap(judge), ...kinds.map(cutOff), ...unopened(sealed)];
    return orOk(findings, `${countOf(rows.length, "destination")}, all work or are disabled on purpose`);
  },
};

function judge({
  id,
  kind,
  name,
  state,
  waiting,
  error_code,
  error,
  failing_s,
}: DestinationState): Finding[] {
  const what = `${kind} destination ${id} "${name}"`;
  const waits = `${countOf(waiting, "event")} waiting`;
  if (state === "misconfigured") {
    return [
      problem(
        `${what} cannot be used: ${error}; ${waits}`,
        `Correct it: ./parley destinations set ${id} ...`,
      ),
    ];
  }
  if (state === "switched off") {
    const advice = `Repair it, then: ./parley destinations enable ${id}`;
    return [problem(`${what} was switched off, it kept failing (${error_code}); ${waits}`, advice)];
  }
  if (failing_s !== null && failing_s > LONG_DOWN_S && (state === "down" || state === "failing")) {
    const advice = `See what it says: ./parley destinations attempts ${id} --answers`;
    return [
      warning(`${what} has been failing for ${formatAge(failing_s)} (${error_code}); ${waits}`, advice),
    ];
  }
  return [];
}

function cutOff({ kind, queue, destinations, has_queue }: CutOff): Finding {
  const what = `${countOf(destinations, `${kind} destination`)} can get nothing`;
  const subscribe = `./parley subscribe chat.ended ${queue}`;
  return has_queue
    ? problem(`${what}: no event is routed to ${queue}`, `Route what they want: ${subscribe}`)
    : problem(`${what}: there is no ${queue}`, `./parley queues create ${queue}; then: ${subscribe}`);
}

/** Secrets that this program could not open: workers with the same settings cannot either. */
function unopened(sealed: SealedSecrets[]): Finding[] {
  return sealed.flatMap((destination) => {
    try {
      sealingOf(loadConfig()).open(destination.secrets, destination);
      return [];
    } catch (error) {
      const { message, hint = "" } = error as Error & { hint?: string };
      return [problem(`destination ${destination.id}: ${message}`, hint)];
    }
  });
}
