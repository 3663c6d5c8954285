import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { ParleyError } from "../../errors.ts";

/** An operating system user that may run the server. */
export type Account = { uid: number; gid: number; name: string };

/** Where root keeps what the server's account cannot reach inside the checkout. */
export const REACHABLE_ROOT = "/var/lib/parley";

const CANDIDATES = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root, so root lends the server another account: the one that owns the data already,
 * else an unprivileged one that every system has. Undefined: we are an ordinary user and run it ourselves.
 */
export function serverAccount(dataFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `user ${owner.uid}` };
  const account = CANDIDATES.map(findAccount).find((found) => found !== undefined);
  if (account) return account;
  throw new ParleyError("PA025", "PostgreSQL does not run as root, and there is no user postgres or nobody", {
    hint: "Start Parley as an ordinary user, or set DATABASE_URL.",
  });
}

/** Can the account get into this folder? Only the system knows (access lists, mounts), so it is asked. */
export function canEnter(account: Account, folder: string): boolean {
  const { uid, gid } = account;
  return spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { uid, gid, cwd: "/" }).status === 0;
}

function findAccount(name: string): Account | undefined {
  const uid = numericId("-u", name);
  const gid = numericId("-g", name);
  return uid === undefined || gid === undefined ? undefined : { uid, gid, name };
}

/** `| 0`: macOS numbers nobody 4294967294, Node wants it as -2. */
function numericId(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout) | 0 : undefined;
}

/** Creates folders that other accounts can enter, whatever the umask of root is. */
export function makeReachable<Result>(create: () => Result): Result {
  const usual = process.umask(0o022);
  try {
    return create();
  } finally {
    process.umask(usual);
  }
}
