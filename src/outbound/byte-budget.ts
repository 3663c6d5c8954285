/** Of documents, as JSON: parsed they take some times as much. */
const MOST_BYTES_IN_PROCESS = 128 * 1024 * 1024;
const TYPICAL_BYTES = 16 * 1024;

/**
 * How much all destinations together may have in hand. Nobody is kept from having one delivery in hand: what is large may hold up no
 * other for ever.
 */
export class ByteBudget {
  #left: number;
  #typicalBytes = TYPICAL_BYTES;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  /** What to expect of documents where none has been seen yet. */
  get typicalBytes(): number {
    return this.#typicalBytes;
  }

  /** Documents of a destination took so many each. */
  note(bytesEach: number): void {
    this.#typicalBytes = Math.max(bytesEach, (this.#typicalBytes + bytesEach) / 2);
  }

  take(bytes: number): void {
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/** That of this process. */
export const processBudget = new ByteBudget(MOST_BYTES_IN_PROCESS);
