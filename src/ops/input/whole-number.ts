import { ParleyError } from "../../errors.ts";

/** A commander argument parser: a whole number from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new ParleyError("PA026", `"${text}" is not a whole number from ${least} on`);
  };
}

/** The same for an option that may be given several times, or with several values. */
export function wholeNumbers(least: number): (text: string, previous?: number[]) => number[] {
  const parse = wholeNumber(least);
  return (text, previous = []) => [...previous, parse(text)];
}
