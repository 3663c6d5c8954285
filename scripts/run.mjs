// Runs a part of Parley: `node scripts/run.mjs test [...]` the tests, `node scripts/run.mjs FILE.ts [...]` a program,
// `node scripts/run.mjs --install-only` nothing.
// Installs what is missing first, and needs nothing but the Node.js (20 or newer) and npm that it is started with;
// the program itself runs on the Node.js 24 that comes with the packages.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installMissing, nodeProgram } from "./install.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [target, ...args] = process.argv.slice(2);

try {
  await installMissing(root);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
}
if (target === "--install-only") process.exit(0);

// Names of destinations are looked up by half of these threads: of the usual four two dead name servers would take all.
process.env.UV_THREADPOOL_SIZE ??= "64";

const child =
  target === "test"
    ? spawn(nodeProgram(root), [path.join(root, "node_modules/vitest/vitest.mjs"), "run", ...args], {
        cwd: root,
        stdio: "inherit",
      })
    : spawn(nodeProgram(root), [...settingsFile(), path.join(root, target), ...args], { stdio: "inherit" });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`error: Node.js 24 cannot be run: ${error.message}\n`);
  process.exitCode = 1;
});
child.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));

if (process.env.npm_lifecycle_event) stopWithoutNpm();

/** An npm that is killed passes nothing on, and we would run unseen. */
function stopWithoutNpm() {
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 1000);
}

/** Settings in `.env` count where the environment has none. */
function settingsFile() {
  const file = path.join(root, ".env");
  return existsSync(file) ? [`--env-file=${file}`] : [];
}
