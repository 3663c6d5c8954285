import type { ClientBase } from "pg";
import type { Outcome } from "./outcome.ts";
import type { DeliveryRow } from "./waiting-delivery.ts";

export interface Membership {
  /** How many dispatchers the kind has over all processes, and which of them this is. */
  dispatchers: number;
  rank: number;
  paused: boolean;
}

/** A destination as it is stored. */
export interface DestinationRow {
  id: number;
  accountId: number;
  name: string;
  settings: unknown;
  secrets: string | null;
  concurrency: number;
  ratePerSecond: number | null;
  revision: number;
  /** Seconds since it began to fail; null: it works. */
  failingForS: number | null;
  circuitOpen: boolean;
  probeInS: number | null;
  probes: number;
  misconfigured: string | null;
  /** Whoever delivered to it last died without a word. */
  crashed: boolean;
}

/** How a destination is, as outbound.save_conditions is told. */
export interface Condition {
  id: number;
  revision: number;
  failing_for_s: number | null;
  code: string | undefined;
  error: string | undefined;
  circuit_open: boolean;
  probe_in_s: number;
  probes: number;
}

/** What to receive for a destination. */
export interface Wish {
  destinationId: number;
  after: number;
  most: number;
  /** Retries whose time has come, too. */
  due: boolean;
  /** Places to leave out. */
  inHand: number[];
}

/** Which delivery of which destination. */
export interface Place {
  destinationId: number;
  place: number;
}

/**
 * One dispatcher's connection: the functions of sql/outbound that dispatchers call, by name. The session holds the advisory locks of
 * the destinations, so everything a dispatcher does goes through this one connection.
 */
export class DispatchSession {
  readonly client: ClientBase;
  readonly kind: string;

  constructor(client: ClientBase, kind: string) {
    this.client = client;
    this.kind = kind;
  }

  /** First part of every delivery id. */
  async origin(): Promise<string> {
    const { rows } = await this.client.query("select origin from outbound.settings");
    return rows[0].origin;
  }

  async join(): Promise<Membership> {
    const { rows } = await this.client.query("select * from outbound.join_dispatchers(kind => $1)", [
      this.kind,
    ]);
    return rows[0];
  }

  /** The destinations of the kind that are enabled, and their revisions. */
  async revisions(): Promise<Map<number, number>> {
    const { rows } = await this.client.query({
      name: "outbound_revisions",
      text: "select * from outbound.revisions(kind => $1)",
      values: [this.kind],
    });
    return new Map(rows.map((row) => [row.destination_id, row.revision]));
  }

  async look(after: number): Promise<{ destinationId: number; firstId: number; lastId: number }[]> {
    const { rows } = await this.client.query({
      name: "outbound_look",
      text: `select destination_id as "destinationId", first_id::float8 as "firstId", last_id::float8 as "lastId"
        from outbound.look(kind => $1, after_id => $2)`,
      values: [this.kind, after],
    });
    return rows;
  }

  /** `worker` names this process. */
  async hold(ids: number[], worker: string): Promise<DestinationRow[]> {
    const { rows } = await this.client.query(
      `select id, account_id::float8 as "accountId", name, settings, secrets, concurrency, rate_per_second as "ratePerSecond",
         revision, failing_for_s as "failingForS", circuit_open as "circuitOpen", probe_in_s as "probeInS", probes, misconfigured, crashed
       from outbound.hold(ids => $1, worker => $2)`,
      [ids, worker],
    );
    return rows;
  }

  /** Leaves them to others in good order: nothing is under way. */
  async release(ids: number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.client.query("select outbound.vacate(ids => $1)", [ids]);
    await this.client.query("select outbound.release(ids => $1)", [ids]);
  }

  async receive(wishes: Wish[]): Promise<DeliveryRow[]> {
    const { rows } = await this.client.query<DeliveryRow>({
      name: "outbound_receive",
      text: `select destination_id as "destinationId", id::float8, event_id::float8 as "eventId", event_name as "eventName", key, data,
          put_at as "putAt", attempts, crashes, delayed, parked
        from outbound.receive(destination_ids => $1, after_ids => $2, most => $3, in_hand => $4, due => $5)`,
      values: [
        wishes.map(({ destinationId }) => destinationId),
        wishes.map(({ after }) => after),
        wishes.map(({ most }) => most),
        wishes.flatMap(({ inHand }) => inHand),
        wishes.map(({ due }) => due),
      ],
    });
    return rows;
  }

  /** Seconds until the next retry, of those that have one besides what is in hand. */
  async dueIn(ids: number[], inHand: number[]): Promise<Map<number, number>> {
    const { rows } = await this.client.query("select * from outbound.due_in(ids => $1, in_hand => $2)", [
      ids,
      inHand,
    ]);
    return new Map(rows.map((row) => [row.destination_id, row.seconds]));
  }

  async settle(outcomes: Outcome[]): Promise<void> {
    await this.client.query({
      name: "outbound_settle",
      text: "select outbound.settle(kind => $1, outcomes => $2)",
      values: [this.kind, JSON.stringify(outcomes)],
    });
  }

  /** To be called before they are made. */
  async recordSuspects(places: Place[]): Promise<void> {
    await this.#suspects("record", places);
  }

  /** They ended without harm, however they ended. */
  async clearSuspects(places: Place[]): Promise<void> {
    await this.#suspects("clear", places);
  }

  async #suspects(what: "record" | "clear", places: Place[]): Promise<void> {
    if (places.length === 0) return;
    await this.client.query(`select outbound.${what}_suspects(destination_ids => $1, ids => $2)`, [
      places.map(({ destinationId }) => destinationId),
      places.map(({ place }) => place),
    ]);
  }

  async saveConditions(conditions: Condition[]): Promise<void> {
    await this.client.query("select outbound.save_conditions(conditions => $1)", [
      JSON.stringify(conditions),
    ]);
  }

  async recordMisconfiguration(id: number, code: string | null, reason: string | null): Promise<void> {
    await this.client.query("select outbound.record_misconfiguration(id => $1, code => $2, reason => $3)", [
      id,
      code,
      reason,
    ]);
  }
}
