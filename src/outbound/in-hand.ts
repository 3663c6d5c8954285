import type { ByteBudget } from "./byte-budget.ts";
import type { WaitingDelivery } from "./waiting-delivery.ts";

/** The deliveries of one destination that its dispatcher has received and not settled: one key in order, one at a time. */
export class InHand {
  readonly #all = new Map<number, WaitingDelivery>();
  /** By key: what waits behind one of its key that is ready or under way. */
  readonly #behind = new Map<string, WaitingDelivery[]>();
  /** Free to be started, each of another key. */
  #ready: WaitingDelivery[] = [];
  readonly #budget: ByteBudget;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#all.size;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** The places of those, for a receive to leave them out. */
  places(which: (delivery: WaitingDelivery) => boolean): number[] {
    return [...this.#all.values()].filter(which).map(({ place }) => place);
  }

  has(place: number): boolean {
    return this.#all.has(place);
  }

  add(delivery: WaitingDelivery): void {
    this.#all.set(delivery.place, delivery);
    this.#budget.take(delivery.bytes);
    const behind = delivery.key === null ? undefined : this.#behind.get(delivery.key);
    if (behind) {
      behind.push(delivery);
    } else {
      if (delivery.key !== null) this.#behind.set(delivery.key, []);
      this.#ready.push(delivery);
    }
  }

  /** Takes the next that may be started, or the one after so many others. */
  start(after = 0): WaitingDelivery | undefined {
    return after === 0 ? this.#ready.shift() : this.#ready.splice(after % this.#ready.length, 1)[0];
  }

  /** Ended, but for its settlement: the next of its key may start. */
  letNextGo({ key }: WaitingDelivery): void {
    if (key === null) return;
    const next = this.#behind.get(key)?.shift();
    if (next) this.#ready.push(next);
    else this.#behind.delete(key);
  }

  /** Not to be started now, and before others. */
  putBack(delivery: WaitingDelivery): void {
    this.#ready.unshift(delivery);
  }

  /** No longer in hand, for the database knows what became of it. */
  settle(place: number): void {
    this.#forget(place);
  }

  /** Forgets those that wait behind one of this key, and returns them. */
  dropBehind(key: string | null): WaitingDelivery[] {
    if (key === null) return [];
    const behind = this.#behind.get(key) ?? [];
    this.#behind.delete(key);
    for (const { place } of behind) this.#forget(place);
    return behind;
  }

  /** Forgets one that was under way. Those behind it must have been dropped. */
  drop(delivery: WaitingDelivery): void {
    this.#forget(delivery.place);
  }

  /** Forgets all that is not under way, and returns them. */
  dropIdle(): WaitingDelivery[] {
    const dropped = this.#ready.flatMap((delivery) => [delivery, ...this.dropBehind(delivery.key)]);
    this.#ready = [];
    for (const key of [...this.#behind.keys()]) dropped.push(...this.#emptyBehind(key));
    for (const { place } of dropped) this.#forget(place);
    return dropped;
  }

  /** Forgets all: whoever holds the destination next receives it. */
  dropAll(): void {
    for (const place of [...this.#all.keys()]) this.#forget(place);
    this.#behind.clear();
    this.#ready = [];
  }

  #forget(place: number): void {
    this.#budget.give(this.#all.get(place)?.bytes ?? 0);
    this.#all.delete(place);
  }

  /** The key stays busy: one of its deliveries is under way. */
  #emptyBehind(key: string): WaitingDelivery[] {
    const behind = this.#behind.get(key) ?? [];
    return behind.splice(0);
  }
}
