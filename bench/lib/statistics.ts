/** The value below which `share` of all lie; NaN of none. */
export function quantile(values: number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Median of the ratios round by round: what slowed down a whole round cancels out. */
export function medianRatio(values: number[], yardstick: number[]): number {
  return median(values.map((value, round) => value / yardstick[round]!));
}

/** What took how long (`ms`), and when it began (`at`). Plain arrays: they travel between processes. */
export interface Samples {
  at: number[];
  ms: number[];
}

export function addSample(samples: Samples, at: number, ms: number): void {
  samples.at.push(at);
  samples.ms.push(ms);
}

/** How long those took that began from `from` until `to`. */
export function within({ at, ms }: Samples, from: number, to: number): number[] {
  return ms.filter((_, index) => at[index]! >= from && at[index]! < to);
}
