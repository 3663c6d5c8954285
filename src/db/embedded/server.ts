import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { ParleyError } from "../../errors.ts";
import type { Account } from "./account.ts";
import { asAccount, EMBEDDED_USER, failedStart } from "./cluster.ts";
import type { Native } from "./native.ts";
import { servesData } from "./process.ts";

/** Where and how a server runs. */
export type ServerPlace = {
  dataFolder: string;
  logFile: string;
  native: Native;
  account: Account | undefined;
  password: string;
};

type Postmaster = { pid: number; port: number };

const POLL_MS = 50;
const LOG_LIMIT = 10 * 1024 * 1024;

/** The server that works on this data, whoever started it; a pid file left by a crash does not count. */
export function findPostmaster(dataFolder: string): Postmaster | undefined {
  const file = path.join(dataFolder, "postmaster.pid");
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (servesData(pid, dataFolder)) return { pid, port: Number(lines[3]) };
  // PostgreSQL itself would take any live process of that number for a server and refuse to start.
  rmSync(file, { force: true });
  return undefined;
}

/** Launches a server that outlives us if we are killed: data stay available, the next start finds it. */
export function launch(place: ServerPlace, port: number, settings: string[] = []): ChildProcess {
  const { native, dataFolder, account, logFile } = place;
  const options = ["-D", dataFolder, "-p", String(port)];
  // Only this machine, only with the password. No socket file: its path may not exceed 107 bytes.
  const fixed = ["listen_addresses=127.0.0.1", "unix_socket_directories=", ...settings];
  const log = openLog(logFile);
  const child = spawn(native.postgres, [...options, ...fixed.flatMap((setting) => ["-c", setting])], {
    ...asAccount(account),
    // A group of its own: Ctrl-C reaches us, and we stop the server after those who use it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => {}); // shows as a missing process
  child.unref();
  return child;
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT) renameSync(file, `${file}.old`);
  return openSync(file, "a", 0o640);
}

/** What became of an attempt to reach a server that runs or is starting. */
export type Attempt = { client: pg.Client } | "gone";

/** Waits until the server accepts us, for as long as its process lives (crash recovery can take minutes). */
export async function reach(
  place: ServerPlace,
  port: number,
  isAlive: () => boolean,
  applicationName: string,
): Promise<Attempt> {
  for (;;) {
    const client = new pg.Client({
      connectionString: embeddedUrl(place, port, "postgres"),
      application_name: applicationName,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      return { client };
    } catch (error) {
      if (!isWaiting(error)) throw error;
    }
    if (!isAlive()) return "gone";
    await delay(POLL_MS);
  }
}

/** Name of the database that everything lives in. */
export const EMBEDDED_DATABASE = "parley";

export function embeddedUrl(
  { password }: { password: string },
  port: number,
  database = EMBEDDED_DATABASE,
): string {
  return `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Not listening yet, starting up, or going down this moment. */
function isWaiting(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNREFUSED" || code === "ECONNRESET" || code === "57P03" || code === "57P01";
}

/** Stops the server and waits until it is gone. Fast: sessions end, what they committed is safe, the rest is undone. */
export async function shutDown(dataFolder: string): Promise<void> {
  const postmaster = findPostmaster(dataFolder);
  if (!postmaster) return;
  process.kill(postmaster.pid, "SIGINT");
  while (findPostmaster(dataFolder)?.pid === postmaster.pid) await delay(POLL_MS);
}

/** Stops the server like a crash would: at once, with recovery at the next start. Nothing that was confirmed is lost. */
export function interrupt(dataFolder: string): void {
  const postmaster = findPostmaster(dataFolder);
  if (postmaster) process.kill(postmaster.pid, "SIGQUIT");
}

/** Why the server ended. */
export type End = {
  portTaken: boolean;
  /** Processes of a server that was killed have not noticed yet. */
  hasSurvivors: boolean;
  error: ParleyError;
};

/** From what the server wrote to its log since `offset`. */
export function explainEnd(logFile: string, offset: number): End {
  const written = readFileSync(logFile).subarray(offset).toString("utf8");
  return {
    portTaken: /could not bind|Address already in use/.test(written),
    hasSurvivors: written.includes("pre-existing shared memory block"),
    error: failedStart(written),
  };
}
