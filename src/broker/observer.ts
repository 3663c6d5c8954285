/** Told what happens to messages, for metrics. Queues by name, times in seconds. */
export interface BrokerObserver {
  delivered(queue: string, count: number): void;
  retried(queue: string, count: number): void;
  deadLettered(queue: string, count: number): void;
  /** How long a handler took. */
  handled(queue: string, seconds: number): void;
  /** From the put to the end of the handler. */
  putToHandled(queue: string, seconds: number): void;
  /** A service tried to deliver to a destination outside: kind, its id, what came of it and how long that took. */
  attempted(kind: string, destination: number, outcome: string, seconds: number): void;
}

export const noObserver: BrokerObserver = {
  delivered() {},
  retried() {},
  deadLettered() {},
  handled() {},
  putToHandled() {},
  attempted() {},
};
