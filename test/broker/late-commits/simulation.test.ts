import fc from "fast-check";
import { expect, test } from "vitest";
import { LateCommits } from "../../../src/broker/late-commits.ts";

/**
 * A model of PostgreSQL as far as checkpoints see it: transactions get an xid, draw message ids from one sequence, and
 * commit in any order. A reader reads all that is committed above its cursor, and follows `LateCommits`.
 */
class Model {
  readonly late = new LateCommits();
  readonly delivered: number[] = [];
  readonly #news = this.late.subscribe();
  readonly #open = new Map<number, number[]>();
  readonly #visible = new Set<number>();
  #nextXid = 1;
  #lastId = 0;
  #cursor = 0;
  #checkpoint: { lastId: number } | undefined;

  begin(): void {
    this.#open.set(this.#nextXid++, []);
  }

  draw(which: number): void {
    this.#nth(which)?.ids.push(++this.#lastId);
  }

  commit(which: number): void {
    const transaction = this.#nth(which);
    if (!transaction) return;
    this.#open.delete(transaction.xid);
    for (const id of transaction.ids) this.#visible.add(id);
  }

  /** The first two steps of broker.take_checkpoint: the sequence, then a transaction id of its own. */
  startCheckpoint(): void {
    if (this.#checkpoint) return;
    this.#checkpoint = { lastId: this.#lastId };
    this.#nextXid++;
  }

  /** The third: the snapshot. Whatever happens between the steps must not matter. */
  finishCheckpoint(): void {
    if (!this.#checkpoint) return;
    const inProgress = [...this.#open.keys()].sort((a, b) => a - b);
    const xmax = this.#nextXid;
    const snapshot = `${inProgress[0] ?? xmax}:${xmax}:${inProgress.join(",")}`;
    this.late.observe({ lastId: this.#checkpoint.lastId, snapshot, server: "one" });
    this.#checkpoint = undefined;
  }

  read(): void {
    this.#cursor = Math.min(this.#cursor, this.#news.rewindTo);
    this.#news.rewindTo = Number.POSITIVE_INFINITY;
    for (const id of [...this.#visible].sort((a, b) => a - b)) {
      if (id <= this.#cursor) continue;
      this.delivered.push(id);
      this.#visible.delete(id);
      this.#cursor = id;
    }
  }

  /** What a new reader would start from: nothing undelivered may lie at or below, now or later. */
  get safe(): number {
    return Math.min(this.#cursor, this.late.settledBelow, this.#news.rewindTo);
  }

  get undelivered(): number[] {
    return [...this.#visible, ...[...this.#open.values()].flat()];
  }

  finish(): void {
    for (const _ of [...this.#open]) this.commit(0);
    this.startCheckpoint();
    this.finishCheckpoint();
    this.read();
  }

  get drawn(): number {
    return this.#lastId;
  }

  #nth(which: number): { xid: number; ids: number[] } | undefined {
    const open = [...this.#open];
    const found = open[which % Math.max(open.length, 1)];
    return found && { xid: found[0], ids: found[1] };
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant((model: Model) => model.begin()) },
  { weight: 6, arbitrary: fc.nat(9).map((which) => (model: Model) => model.draw(which)) },
  { weight: 3, arbitrary: fc.nat(9).map((which) => (model: Model) => model.commit(which)) },
  { weight: 2, arbitrary: fc.constant((model: Model) => model.startCheckpoint()) },
  { weight: 2, arbitrary: fc.constant((model: Model) => model.finishCheckpoint()) },
  { weight: 3, arbitrary: fc.constant((model: Model) => model.read()) },
);

test("however transactions and checkpoints interleave, every message is delivered exactly once", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const model = new Model();
      for (const run of steps) run(model);
      model.finish();
      expect(model.delivered.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: model.drawn }, (_, index) => index + 1),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("nothing undelivered ever lies at or below what a successor may trust", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const model = new Model();
      for (const run of steps) {
        run(model);
        expect(Math.min(Number.POSITIVE_INFINITY, ...model.undelivered)).toBeGreaterThan(model.safe);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a long transaction costs nothing before it ends", () => {
  const late = new LateCommits();
  const news = late.subscribe();
  const server = "one";
  late.observe({ lastId: 100, snapshot: "10:10:", server });
  late.observe({ lastId: 200, snapshot: "10:30:10", server });
  news.rewindTo = Number.POSITIVE_INFINITY;
  late.observe({ lastId: 300, snapshot: "10:50:10", server });
  expect(news.rewindTo).toBe(200);
  late.observe({ lastId: 400, snapshot: "60:60:", server });
  expect(news.rewindTo).toBe(100);
});

test("on another server, whose sequence and transactions may have gone back, nothing known before counts", () => {
  const late = new LateCommits();
  const news = late.subscribe();
  late.observe({ lastId: 100_000, snapshot: "50000:50000:", server: "before the failover" });
  late.observe({ lastId: 99_800, snapshot: "49010:49020:49010", server: "after it" });
  expect(late.settledBelow).toBe(0);
  expect(news.rewindTo).toBe(0);
});
