import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Is this a live PostgreSQL server process? Process numbers are reused, above all in containers. */
export function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const name = process.platform === "linux" ? nameFromProc(pid) : nameFromPs(pid);
  // Unknown counts as a server: better to ask it and fail than to remove the pid file of one that runs.
  return name === undefined || name.includes("postgres");
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A process that has ended but was not collected by its parent yet ("Z") is gone for us. */
function nameFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
    return state === "Z" ? "" : stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  } catch {
    return undefined;
  }
}

function nameFromPs(pid: number): string | undefined {
  const { status, stdout } = spawnSync("ps", ["-p", String(pid), "-o", "comm="], { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}
