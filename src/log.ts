import { type DestinationStream, type Logger, pino } from "pino";
import pretty from "pino-pretty";

/** Structured log: one line per fact. Never pass message text, e-mail addresses or secrets to it. */
export type Log = Logger;

/** JSON lines for machines; on a terminal the same facts for people. */
export function createLog(level: string, destination: DestinationStream = standardOutput()): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

function standardOutput(): DestinationStream {
  if (!process.stdout.isTTY) return pino.destination({ dest: 1, sync: true });
  return pretty({ sync: true, singleLine: true, translateTime: "SYS:HH:MM:ss.l" });
}
