import { readFileSync, statfsSync } from "node:fs";

const FOLDER = "/dev/shm";
const ENOUGH = 4 * 1024 ** 3;

/**
 * Where tests keep their servers and files: Linux has a file system in memory. Undefined where it has none, where it
 * starts no programs, and where there is no room (containers give it 64 MB).
 */
export function folderInMemory(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const mount = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((line) => line.split(" ")[1] === FOLDER);
  if (mount === undefined || /\bnoexec\b/.test(mount)) return undefined;
  const { bavail, bsize } = statfsSync(FOLDER);
  return Math.min(bavail * bsize, process.availableMemory()) < ENOUGH ? undefined : FOLDER;
}
