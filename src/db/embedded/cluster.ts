import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import path from "node:path";
import { ParleyError } from "../../errors.ts";
import { type Account, canEnter } from "./account.ts";
import type { Native } from "./native.ts";

/** The superuser of an embedded server. */
export const EMBEDDED_USER = "parley";

type NewCluster = {
  /** Does not exist yet. */
  dataFolder: string;
  native: Native;
  account: Account | undefined;
  password: string;
  settings: Record<string, string>;
  /** false only for data that a test throws away. */
  durable: boolean;
};

const MB = 1024 * 1024;

/** For a server that shares its machine with other programs. All of it can be changed later with `alter system`. */
export function defaultSettings(): Record<string, string> {
  const quarterOfMemory = Math.floor(totalmem() / 4 / MB);
  return {
    shared_buffers: `${Math.min(Math.max(quarterOfMemory, 128), 1024)}MB`,
    effective_cache_size: `${Math.max(quarterOfMemory * 2, 256)}MB`,
    max_wal_size: "4GB",
    max_connections: "200",
    // Another server can subscribe to this one's log of events later without a restart.
    wal_level: "logical",
    // What a failed statement contained may be personal: not for the log.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
  };
}

/** Creates the data folder in one step: an interrupted attempt leaves nothing that a later start could mistake for data. */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const { dataFolder, account } = cluster;
  const partial = `${dataFolder}.${randomBytes(4).toString("hex")}.new`;
  mkdirSync(partial, { mode: 0o700 });
  if (account) chownSync(partial, account.uid, account.gid);
  try {
    await runInitdb({ ...cluster, dataFolder: partial });
    renameSync(partial, dataFolder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (isNotEmpty(error)) return; // another start of the same checkout was faster
    throw error;
  }
}

async function runInitdb({
  dataFolder,
  native,
  account,
  password,
  settings,
  durable,
}: NewCluster): Promise<void> {
  const secrets = temporaryFolder("parley-initdb-", account);
  const passwordFile = path.join(secrets, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const options = [
    ["-D", dataFolder, "--username", EMBEDDED_USER, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    // The built-in locale sorts the same on every machine and after every update of the system.
    ["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
    Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    durable ? [] : ["--no-sync"],
  ].flat();
  try {
    await run(native.initdb, options, account);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

function run(program: string, options: string[], account: Account | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, options, { ...asAccount(account), stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  child.on("error", (cause) => reject(failedStart(cause.message)));
  child.on("close", (status) => (status === 0 ? resolve() : reject(failedStart(complaints))));
  return promise;
}

/** Spawn options under which server programs run: unprivileged, with messages in English that we can recognise. */
export function asAccount(account: Account | undefined) {
  const env = { ...process.env, LC_ALL: "C" };
  return account ? { env, cwd: "/", uid: account.uid, gid: account.gid } : { env, cwd: "/" };
}

/** A folder outside the checkout that the account of the server may use. */
export function temporaryFolder(prefix: string, account: Account | undefined): string {
  const parent = account && !canEnter(account, tmpdir()) ? "/tmp" : tmpdir();
  const folder = mkdtempSync(path.join(parent, prefix));
  chmodSync(folder, 0o700);
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** Time and process number. */
const LOG_PREFIX = /^\d{4}-\S+ \S+ \S+ \[\d+\] /;

/** Turns what the server programs wrote into one clear error. */
export function failedStart(complaints: string): ParleyError {
  if (/No space left on device|ENOSPC/.test(complaints)) {
    return new ParleyError("PA024", "the disk is full: the embedded PostgreSQL cannot write its data", {
      hint: "Free some space, then start again. Nothing that was confirmed is lost.",
    });
  }
  const lines = complaints.split("\n").filter((line) => line.trim() !== "");
  const reason =
    lines.findLast((line) => /FATAL|PANIC|error:|ERROR/.test(line)) ?? lines.at(-1) ?? "no reason given";
  return new ParleyError(
    "PA025",
    `the embedded PostgreSQL did not start: ${reason.replace(LOG_PREFIX, "").trim()}`,
    {
      hint: "See .parley/postgres.log.",
    },
  );
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}
