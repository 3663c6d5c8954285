import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, vi } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = [
  ".gmrc",
  "examples",
  "migrations",
  "parley",
  "package.json",
  "package-lock.json",
  "scripts",
  "sql",
  "src",
  "workers",
];

const READY_MS = 30_000;

/** What a program said and how it ended. */
export type Ended = { status: number | null; stdout: string; stderr: string };

export type Program = {
  process: ChildProcess;
  /** What it has said so far. */
  output(): string;
  /** Waits until it says this. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
};

/** A checkout of the test file's own, in a folder with spaces; packages are shared with this one. */
export type Checkout = {
  readonly folder: string;
  /** Starts a program of the checkout; no setting of this process reaches it but those given. */
  start(command: string[], settings?: Record<string, string>): Program;
  /** `./parley ...args`, to its end. */
  parley(args: string[], settings?: Record<string, string>): Promise<Ended>;
};

/** Call at file level. The copy exists from `beforeAll` to `afterAll`; what still runs then is stopped. */
export function useCheckout(): Checkout {
  let folder: string;
  const programs: Program[] = [];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "parley check out "));
    chmodSync(folder, 0o755);
    for (const part of PARTS)
      cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true, verbatimSymlinks: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  });

  afterAll(async () => {
    for (const program of programs) program.process.kill("SIGTERM");
    await Promise.all(programs.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
  });

  function start([file, ...args]: string[], settings: Record<string, string> = {}): Program {
    const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env;
    const child = spawn(file!, args, {
      cwd: folder,
      env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, ...settings },
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (said.stdout += chunk));
    child.stderr.on("data", (chunk) => (said.stderr += chunk));
    const output = () => said.stdout + said.stderr;
    const program: Program = {
      process: child,
      output,
      says: (pattern) =>
        vi.waitFor(() => {
          const found = pattern.exec(output());
          if (!found) throw new Error(`has not said ${pattern} but: ${output()}`);
          return found;
        }, READY_MS),
      ended: once(child, "close").then(([status]) => ({ status, ...said })),
    };
    programs.push(program);
    return program;
  }

  return {
    get folder() {
      return folder;
    },
    start,
    parley: (args, settings) => start([path.join(folder, "parley"), ...args], settings).ended,
  };
}
