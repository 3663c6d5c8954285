/** The time by which deliveries are paced: circuits, rates, time-outs. Another one lets an hour of outage pass in seconds. */
export interface Clock {
  /** Milliseconds since some moment: never back, whatever is done to the machine's clock. */
  now(): number;
  /** What the machine's clock shows. */
  date(): Date;
  /** Calls back after so many milliseconds; returns how to call that off. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
