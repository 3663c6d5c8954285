// Installs the packages of package-lock.json unless they are there already.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const PROGRESS_SECONDS = 5;
const LOCK_POLL_MS = 200;

/** The Node.js 24 that comes with the packages. */
export function nodeProgram(root) {
  const program = path.join(
    root,
    "node_modules/node/bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  return !existsSync(program) && isNewEnough(process.versions.node) ? process.execPath : program;
}

/** Returns at once where nothing is missing. Two at once: the second waits for the first. */
export async function installMissing(root) {
  if (!isInstalled(root)) {
    await alone(path.join(root, ".parley/install.lock"), async () => {
      if (!isInstalled(root)) await runNpmCi(root);
    });
  }
  if (existsSync(nodeProgram(root))) return;
  throw new Error(
    "npm has not installed Node.js 24, since install scripts are switched off (npm config ignore-scripts).\n" +
      `hint: Run \`npm rebuild node --ignore-scripts=false\` in ${root}, or use Node.js 24 yourself.`,
  );
}

/** npm notes what it has installed, at the very end of it, in a lock file of the same form as package-lock.json. */
function isInstalled(root) {
  const installed = readPackages(path.join(root, "node_modules/.package-lock.json"));
  if (!installed) return false;
  const wanted = Object.entries(readPackages(path.join(root, "package-lock.json")));
  return wanted.every(([place, { optional, version }]) => {
    return place === "" || optional || installed[place]?.version === version;
  });
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

function isNewEnough(version) {
  return Number.parseInt(version, 10) >= 24;
}

/** A lock whose holder has died is taken over. */
async function alone(lock, work) {
  mkdirSync(path.dirname(lock), { recursive: true });
  if (!tryLock(lock)) {
    process.stderr.write("Waiting for the installation that runs in this checkout\n");
    while (!tryLock(lock)) await delay(LOCK_POLL_MS);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(readHolder(lock))) rmSync(lock, { force: true });
    return false;
  }
}

/** NaN in the moment between creating and writing the file, or when it has just been removed. */
function readHolder(lock) {
  return existsSync(lock) ? Number.parseInt(readFileSync(lock, "utf8"), 10) : Number.NaN;
}

function isAlive(pid) {
  if (Number.isNaN(pid)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** What npm says is only worth reading when it fails. */
async function runNpmCi(root) {
  const stopProgress = showProgress("Installing packages (npm ci)");
  const npm = spawn("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  let output = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (chunk) => (output += chunk));
  const status = await new Promise((resolve) => {
    npm.on("error", (error) => resolve(error.message));
    npm.on("close", resolve);
  });
  stopProgress();
  if (status !== 0) throw new Error(`npm ci failed (${status}):\n${output.trim()}`);
}

/** On a terminal one line that counts seconds, elsewhere a line now and then. Stderr: stdout belongs to the program. */
function showProgress(what) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const say = (text) => process.stderr.write(process.stderr.isTTY ? `\r${text}` : `${text}\n`);
  say(`${what}...`);
  const timer = setInterval(
    () => say(`${what}... ${seconds()}`),
    (process.stderr.isTTY ? 1 : PROGRESS_SECONDS) * 1000,
  );
  return () => {
    clearInterval(timer);
    say(`${what}: done in ${seconds()}`);
    if (process.stderr.isTTY) process.stderr.write("\n");
  };
}
