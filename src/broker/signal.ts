/** Something happened: wakes whoever waits for it. */
export class Signal {
  #wake: (() => void) | undefined;

  fire(): void {
    this.#wake?.();
  }

  /** Resolves when it fires, or after so many milliseconds. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
