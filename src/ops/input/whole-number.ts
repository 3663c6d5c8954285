import { ParleyError } from "../../errors.ts";

/** A commander argument parser: a whole number from `least` on, or up to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} on` : `${least} to ${most}`;
    throw new ParleyError("PA026", `"${text}" is not a whole number from ${range}`);
  };
}

/** The same for an option that may be given several times, or with several values. */
export function wholeNumbers(least: number): (text: string, previous?: number[]) => number[] {
  const parse = wholeNumber(least);
  return (text, previous = []) => [...previous, parse(text)];
}
