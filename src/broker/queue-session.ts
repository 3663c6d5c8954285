import type { ClientBase } from "pg";
import type { Message } from "./message.ts";
import type { Failure } from "./outcome.ts";

export interface LaneGrant {
  /** How many lanes this reader should own. */
  share: number;
  /** More readers run than the backlog asks for: this one should end. */
  surplus: boolean;
  gained: { lane: number; lowId: number; crashed: boolean }[];
}

/** Rows come out as messages, without a second object for each; float8 because a driver may leave bigint as text. */
const RECEIVE = `
  select r.id::float8, r.lane, r.event_id::float8 as "eventId", r.event_name as "eventName", r.key, r.data,
    r.put_at as "putAt", coalesce(r.attempts, 0) + 1 as attempt, r.attempts is not null as delayed
  from broker.receive(queue_id => $1, lanes => $2, after_ids => $3, max_per_lane => $4,
    in_hand => $5, done_lanes => $6, done_ids => $7) r`;

interface ReceiveOptions {
  lanes: number[];
  /** Per lane: the id after which to read. */
  afterIds: number[];
  maxPerLane: number;
  /** Ids not to return again. */
  inHand?: number[];
  /** Messages to confirm first; none of them delayed. */
  done?: Message[];
}

/**
 * One reader's connection to its queue: the functions of sql/broker that readers call, by name. The session holds the
 * advisory locks of the reader's lanes, so everything a reader does goes through this one connection.
 */
export class QueueSession {
  readonly client: ClientBase;
  readonly queueId: number;

  constructor(client: ClientBase, queueId: number) {
    this.client = client;
    this.queueId = queueId;
  }

  /** Says who reads the queue, and learns its id. */
  static async register(client: ClientBase, queue: string, task: string): Promise<number> {
    const { rows } = await client.query("select * from broker.register_consumer(queue => $1, task => $2)", [
      queue,
      task,
    ]);
    return rows[0].queue_id;
  }

  async balanceLanes(worker: string, held: number[]): Promise<LaneGrant> {
    const { rows } = await this.client.query(
      "select * from broker.balance_lanes(queue_id => $1, worker => $2, held => $3)",
      [this.queueId, worker, held],
    );
    const gained = rows
      .filter((row) => row.lane !== null)
      .map((row) => ({ lane: row.lane, lowId: Number(row.low_id), crashed: row.crashed }));
    return { share: rows[0].share, surplus: rows[0].surplus, gained };
  }

  async releaseLanes(lanes: number[], lowIds: number[]): Promise<void> {
    await this.client.query("select broker.release_lanes(queue_id => $1, lanes => $2, low_ids => $3)", [
      this.queueId,
      lanes,
      lowIds,
    ]);
  }

  async saveProgress(lanes: number[], lowIds: number[]): Promise<void> {
    await this.client.query("select broker.save_progress(queue_id => $1, lanes => $2, low_ids => $3)", [
      this.queueId,
      lanes,
      lowIds,
    ]);
  }

  async countDeliveries(delivered: number, retried: number, rejected: number): Promise<void> {
    await this.client.query(
      "select broker.count_deliveries(queue_id => $1, delivered => $2, retried => $3, rejected => $4)",
      [this.queueId, delivered, retried, rejected],
    );
  }

  async disarm(): Promise<void> {
    await this.client.query("select broker.disarm(queue_id => $1)", [this.queueId]);
  }

  async retire(): Promise<void> {
    await this.client.query("select broker.retire_reader(queue_id => $1)", [this.queueId]);
  }

  async hasMessages(): Promise<boolean> {
    const { rows } = await this.client.query("select broker.has_messages(queue_id => $1) as found", [
      this.queueId,
    ]);
    return rows[0].found;
  }

  /** Confirms the fresh ones among `done`, then returns what is next: retries that are due, and what follows in the lanes. */
  async receive({ lanes, afterIds, maxPerLane, inHand = [], done = [] }: ReceiveOptions): Promise<Message[]> {
    const { rows } = await this.client.query<Message>({
      name: "receive",
      text: RECEIVE,
      values: [
        this.queueId,
        lanes,
        afterIds,
        maxPerLane,
        inHand.length > 0 ? inHand : null,
        done.length > 0 ? done.map((message) => message.lane) : null,
        done.length > 0 ? done.map((message) => message.id) : null,
      ],
    });
    return rows;
  }

  async confirm(messages: Message[]): Promise<void> {
    if (messages.length === 0) return;
    await this.client.query({
      name: "confirm",
      text: "select broker.confirm(queue_id => $1, lanes => $2, ids => $3)",
      values: [this.queueId, messages.map((message) => message.lane), messages.map((message) => message.id)],
    });
  }

  async confirmDelayed(messages: Message[]): Promise<void> {
    if (messages.length === 0) return;
    await this.client.query("select broker.confirm_delayed(queue_id => $1, ids => $2)", [
      this.queueId,
      messages.map((message) => message.id),
    ]);
  }

  /** Returns the ids of those that went to the error queue. */
  async fail(failures: { message: Message; failure: Failure }[]): Promise<Set<number>> {
    const argument = failures.map(({ message, failure }) => ({
      lane: message.lane,
      id: message.id,
      event_id: message.eventId,
      key: message.key,
      attempt: message.attempt,
      ...failure,
    }));
    const { rows } = await this.client.query("select broker.fail(queue_id => $1, failures => $2) as dead", [
      this.queueId,
      JSON.stringify(argument),
    ]);
    return new Set(rows[0].dead.map(Number));
  }

  /** How often each message was in hand when its worker crashed; those never are left out. */
  async crashesOf(messages: Message[]): Promise<Map<number, number>> {
    const { rows } = await this.client.query("select * from broker.crashes_of(queue_id => $1, ids => $2)", [
      this.queueId,
      messages.map((message) => message.id),
    ]);
    return new Map(rows.map((row) => [Number(row.id), row.crashes]));
  }

  /** Counts a crash for each in advance. */
  async recordSuspects(messages: Message[]): Promise<void> {
    await this.client.query("select broker.record_suspects(queue_id => $1, ids => $2)", [
      this.queueId,
      messages.map((message) => message.id),
    ]);
  }

  async clearSuspects(messages: Message[]): Promise<void> {
    await this.client.query("select broker.clear_suspects(queue_id => $1, ids => $2)", [
      this.queueId,
      messages.map((message) => message.id),
    ]);
  }
}
