import { quantile } from "./statistics.ts";

export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

export function perSecond(value: number, unit: string): string {
  return `${count(value)} ${unit}/s`;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

/** p50, p95 and p99 of durations. */
export function percentiles(ms: number[]): string {
  return [50, 95, 99].map((p) => `p${p} ${milliseconds(quantile(ms, p / 100))}`).join(", ");
}
