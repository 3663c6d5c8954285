import os from "node:os";

/** What the figures depend on besides the program, in one line. */
export function describeMachine(server: string): string {
  const [first, ...others] = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  // Without what a build of the kernel adds to its version: figures of two such builds may stand in one table.
  const kernel = os.release().replace(/-.*/, "");
  const machine = `${others.length + 1} cores ${first?.model.trim()}, ${memory} GB, ${os.type()} ${kernel}`;
  return `${machine}; ${server}; Node.js ${process.versions.node}.`;
}
