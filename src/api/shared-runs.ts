type Run<Result> = { hasBegun: boolean; result: Promise<Result> };

/**
 * Has those who ask the same share an answer: one run of a kind at a time, and whoever comes before it begins shares it. Nobody is
 * answered with what was true before he asked.
 */
export class SharedRuns<Result> {
  readonly #latest = new Map<string, Run<Result>>();

  /** `work` calls `begin` before it looks at anything. */
  run(kind: string, work: (begin: () => void) => Promise<Result>): Promise<Result> {
    const latest = this.#latest.get(kind);
    if (latest && !latest.hasBegun) return latest.result;
    const start = () =>
      work(() => {
        run.hasBegun = true;
      });
    const run: Run<Result> = {
      hasBegun: false,
      result: latest ? latest.result.then(start, start) : Promise.resolve().then(start),
    };
    this.#latest.set(kind, run);
    const forget = () => {
      if (this.#latest.get(kind) === run) this.#latest.delete(kind);
    };
    run.result.then(forget, forget);
    return run.result;
  }
}
