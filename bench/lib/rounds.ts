import type { Bench } from "./part.ts";
import { count } from "./words.ts";

/**
 * Runs the legs in turn, A B A B, since other programs share the machine: a slow minute hits all of them. A leg
 * returns its rate; the result has the rates of each leg, round by round.
 */
export async function inTurn<Leg extends string>(
  { progress }: Bench,
  rounds: number,
  legs: Record<Leg, () => Promise<number>>,
): Promise<Record<Leg, number[]>> {
  const names = Object.keys(legs) as Leg[];
  const rates = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Leg, number[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const rate = await legs[name]();
      rates[name].push(rate);
      progress(`round ${round} of ${rounds}, ${name}: ${count(rate)}/s`);
    }
  }
  return rates;
}
