import type { ClientBase, Pool } from "pg";

/** A session, or a pool of them. */
export type Db = Pick<ClientBase | Pool, "query">;

/** A message as broker.receive returns it. */
export interface Received {
  lane: number;
  id: number;
  event_id: number;
  event_name: string;
  key: string | null;
  data: unknown;
  attempts: number | null;
}

/** What a handler's failure tells broker.fail. */
export interface Failed {
  code?: string;
  error?: string;
  reject?: boolean;
  retry_in_s?: number;
}

interface PutOptions {
  key?: string | undefined;
  dedupeId?: string;
  runAt?: string;
}

export async function rows<Row = Record<string, unknown>>(
  db: Db,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return (await db.query(text, values)).rows as Row[];
}

/** The first column of all rows. */
export async function column<Value>(db: Db, text: string, values: unknown[] = []): Promise<Value[]> {
  return (await rows<Record<string, Value>>(db, text, values)).map((row) => Object.values(row)[0] as Value);
}

/** The first column of the first row. */
export async function value<Value>(db: Db, text: string, values: unknown[] = []): Promise<Value> {
  return (await column<Value>(db, text, values))[0] as Value;
}

export async function putEvent(
  db: Db,
  name: string,
  data: unknown = {},
  { key, dedupeId, runAt }: PutOptions = {},
): Promise<number> {
  return value(
    db,
    "select broker.put_event(name => $1, data => $2, key => $3, dedupe_id => $4, run_at => $5)",
    [name, JSON.stringify(data), key, dedupeId, runAt],
  );
}

let made = 0;

/** A queue of the test's own, driven as a reader would, and an event that goes there and nowhere else. */
export class TestQueue {
  readonly #db: Db;
  readonly id: number;
  readonly name: string;
  readonly event: string;
  readonly #lanes: number;

  private constructor(db: Db, id: number, name: string, event: string, lanes: number) {
    this.#db = db;
    this.id = id;
    this.name = name;
    this.event = event;
    this.#lanes = lanes;
  }

  /** `settings`: further arguments of broker.create_queue. */
  static async create(
    db: Db,
    settings: { lanes?: number } & Record<string, unknown> = {},
  ): Promise<TestQueue> {
    const name = `Queue${++made}`;
    const event = `event.${made}`;
    const args = Object.keys(settings).map((setting, index) => `, ${setting} => $${index + 2}`);
    const id = await value<number>(db, `select broker.create_queue(name => $1${args.join("")})`, [
      name,
      ...Object.values(settings),
    ]);
    await db.query("insert into broker.t_chatserver_event (name) values ($1)", [event]);
    await db.query("select broker.subscribe(event => $1, queue => $2)", [event, name]);
    return new TestQueue(db, id, name, event, settings.lanes ?? 8);
  }

  /** The same queue, seen from another session. */
  from(db: Db): TestQueue {
    return new TestQueue(db, this.id, this.name, this.event, this.#lanes);
  }

  put(data: unknown = {}, options: PutOptions = {}): Promise<number> {
    return putEvent(this.#db, this.event, data, options);
  }

  /** Event ids of the messages that wait, in their order. */
  waiting(): Promise<number[]> {
    return column(this.#db, "select event_id from broker.messages where queue_id = $1 order by id", [
      this.id,
    ]);
  }

  delayed(): Promise<{ event_id: number; kind: string; run_at: Date | number; attempts: number }[]> {
    return rows(
      this.#db,
      "select event_id, kind, run_at, attempts from broker.delayed_messages where queue_id = $1 order by id",
      [this.id],
    );
  }

  errors(): Promise<{ id: number; event_id: number; attempts: number; error_code: string }[]> {
    return rows(
      this.#db,
      "select id, event_id, attempts, error_code from broker.error_messages where queue_id = $1 order by id",
      [this.id],
    );
  }

  receive(maxPerLane = 100): Promise<Received[]> {
    const lanes = Array.from({ length: this.#lanes }, (_, lane) => lane);
    return rows(
      this.#db,
      "select * from broker.receive(queue_id => $1, lanes => $2, after_ids => $3, max_per_lane => $4)",
      [this.id, lanes, lanes.map(() => 0), maxPerLane],
    );
  }

  async confirm(messages: Received[]): Promise<void> {
    const fresh = messages.filter(({ attempts }) => attempts === null);
    const delayed = messages.filter(({ attempts }) => attempts !== null);
    await this.#db.query("select broker.confirm(queue_id => $1, lanes => $2, ids => $3)", [
      this.id,
      fresh.map(({ lane }) => lane),
      fresh.map(({ id }) => id),
    ]);
    await this.#db.query("select broker.confirm_delayed(queue_id => $1, ids => $2)", [
      this.id,
      delayed.map(({ id }) => id),
    ]);
  }

  /** Returns the ids of the messages that went to the error queue. */
  fail(messages: Received[], failed: Failed = {}): Promise<number[]> {
    const failures = messages.map(({ lane, id, event_id, key, attempts }) => ({
      ...{ lane, id, event_id, key, attempt: (attempts ?? 0) + 1, code: "PA023", error: "it failed" },
      ...failed,
    }));
    return value(this.#db, "select broker.fail(queue_id => $1, failures => $2)", [
      this.id,
      JSON.stringify(failures),
    ]);
  }
}
