import { spawnSync } from "node:child_process";
import { readlinkSync, realpathSync } from "node:fs";

/**
 * Is this the live server of these data? Process numbers are reused, above all in containers and after a reboot, so
 * the number alone proves nothing; but a PostgreSQL server has its data folder as working directory.
 */
export function servesData(pid: number, dataFolder: string): boolean {
  if (!isAlive(pid)) return false;
  const folder = process.platform === "linux" ? folderFromProc(pid) : folderFromLsof(pid);
  // Unknown counts as the server: better to ask it and fail than to start a second one on the same data.
  return folder === undefined || folder === realpathSync(dataFolder);
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

/** A process of another user, or one that has ended and was not collected by its parent, has no folder for us. */
function folderFromProc(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

function folderFromLsof(pid: number): string | undefined {
  const { status, stdout } = spawnSync("lsof", ["-a", "-p", String(pid), "-d", "cwd", "-Fn"], {
    encoding: "utf8",
  });
  return status === 0 ? /^n(.*)$/m.exec(stdout)?.[1] : undefined;
}
