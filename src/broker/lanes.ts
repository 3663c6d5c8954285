import type { Message } from "./message.ts";

interface Lane {
  /** Everything up to this id has been read. */
  cursor: number;
  /** Messages above this id are to be read once more, at the next receive: what is on its way now moves the cursor on. */
  rewindTo: number;
  /** Nothing unsettled lies at or below: never rewind further. */
  floor: number;
  /** Read and not settled yet. */
  inHand: Set<number>;
  /** To be released as soon as nothing of it is in hand; nothing more is read. */
  leaving: boolean;
}

/** The lanes one reader owns, and how far it has got in each. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();

  get numbers(): number[] {
    return [...this.#lanes.keys()];
  }

  /** Those to receive from. */
  get reading(): number[] {
    return this.numbers.filter((number) => !this.#lane(number).leaving);
  }

  /** Those that can be released now. */
  get vacated(): number[] {
    return this.numbers.filter(
      (number) => this.#lane(number).leaving && this.#lane(number).inHand.size === 0,
    );
  }

  leave(lane: number): void {
    this.#lane(lane).leaving = true;
  }

  add(lane: number, lowId: number): void {
    this.#lanes.set(lane, {
      cursor: lowId,
      rewindTo: Number.POSITIVE_INFINITY,
      floor: lowId,
      inHand: new Set(),
      leaving: false,
    });
  }

  remove(lane: number): void {
    this.#lanes.delete(lane);
  }

  /** Where to receive from: per lane the id after which to read. */
  startReceive(lanes: number[]): number[] {
    return lanes.map((number) => {
      const lane = this.#lane(number);
      lane.cursor = Math.min(lane.cursor, Math.max(lane.rewindTo, lane.floor));
      lane.rewindTo = Number.POSITIVE_INFINITY;
      return lane.cursor;
    });
  }

  inHandOf(lane: number): number {
    return this.#lane(lane).inHand.size;
  }

  /** Ids in hand above where these lanes are received from: after a rewind they would be read twice. */
  inHandAboveCursor(lanes: number[]): number[] {
    const ids: number[] = [];
    for (const number of lanes) {
      const { cursor, inHand } = this.#lane(number);
      for (const id of inHand) if (id > cursor) ids.push(id);
    }
    return ids;
  }

  take(message: Message): void {
    const lane = this.#lane(message.lane);
    lane.inHand.add(message.id);
    if (!message.delayed && message.id > lane.cursor) lane.cursor = message.id;
  }

  settle(message: Message): void {
    this.#lane(message.lane).inHand.delete(message.id);
  }

  /** Gives a message back unhandled: it will be read again. */
  putBack(message: Message): void {
    const lane = this.#lane(message.lane);
    lane.inHand.delete(message.id);
    if (!message.delayed) lane.rewindTo = Math.min(lane.rewindTo, message.id - 1);
  }

  /** Reads everything above `id` once more: a transaction may have committed messages there. */
  rewindTo(id: number): void {
    for (const lane of this.#lanes.values()) lane.rewindTo = Math.min(lane.rewindTo, id);
  }

  isInHand(message: Message): boolean {
    return this.#lane(message.lane).inHand.has(message.id);
  }

  /** Up to where each of these lanes is settled for good, given what open transactions may still bring. */
  lowIds(lanes: number[], settledBelow: number): number[] {
    return lanes.map((number) => {
      const lane = this.#lane(number);
      let low = Math.min(lane.cursor, lane.rewindTo, settledBelow);
      for (const id of lane.inHand) low = Math.min(low, id - 1);
      lane.floor = Math.max(lane.floor, low);
      return lane.floor;
    });
  }

  #lane(number: number): Lane {
    const lane = this.#lanes.get(number);
    if (!lane) throw new Error(`lane ${number} is not owned by this reader`);
    return lane;
  }
}
