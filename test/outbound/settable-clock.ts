import { type Clock, systemClock } from "../../src/outbound/clock.ts";

/** The machine's clock, and more time that passes when a test says so. */
export function settableClock(): Clock & { pass(seconds: number): void } {
  let passed = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + passed,
    pass(seconds) {
      passed += seconds * 1000;
    },
  };
}
