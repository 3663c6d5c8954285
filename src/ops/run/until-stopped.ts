import { constants } from "node:os";
import type { Log } from "../../log.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C reaches every process of the terminal, and those in between pass it on: the echo is no second wish. */
const ECHO_MS = 1000;

type Part = { name: string; stop: () => Promise<unknown>; kill?: () => void };

/** What a long-running command is made of, in the order in which it was started. */
export type Parts = {
  /** Will be stopped when the command ends, the last one first. */
  add(part: Part): void;
  /** True once a signal has come: no use in starting more. */
  readonly isStopping: boolean;
};

/**
 * Runs a long-running command. `start` starts its parts; the command ends when the promise in `ended` settles or a
 * signal comes. The first signal stops everything in order, a second one at once.
 */
export async function runUntilStopped(
  log: Log,
  start: (parts: Parts) => Promise<{ ended: Promise<void> } | undefined>,
): Promise<void> {
  const parts: Part[] = [];
  const signalled = Promise.withResolvers<void>();
  let signalledAt: number | undefined;

  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    if (signalledAt === undefined) {
      signalledAt = performance.now();
      log.info({ signal }, "stopping");
      signalled.resolve();
    } else if (performance.now() - signalledAt > ECHO_MS) {
      for (const part of parts) part.kill?.();
      process.exit(128 + constants.signals[signal]);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);

  try {
    const started = await start({
      add: (part) => parts.push(part),
      get isStopping() {
        return signalledAt !== undefined;
      },
    });
    await Promise.race([signalled.promise, started?.ended ?? signalled.promise]);
  } finally {
    await stopAll(parts, log);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** One part that fails to stop must not keep the others running. */
async function stopAll(parts: Part[], log: Log): Promise<void> {
  for (const { name, stop } of parts.reverse()) {
    try {
      await stop();
      log.debug({ part: name }, "stopped");
    } catch (error) {
      log.error({ err: error, part: name }, "did not stop cleanly");
    }
  }
}
