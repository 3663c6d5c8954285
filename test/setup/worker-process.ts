import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

const SCRIPT = fileURLToPath(new URL("./worker-process-main.ts", import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

/** A worker in a process of its own, with the consumers that a module default-exports as a list: to be killed. */
export function spawnWorker(url: string, consumersModule: URL): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, url, fileURLToPath(consumersModule)], { stdio: "inherit" });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}
