import { createHash } from "node:crypto";
import { createServer } from "node:net";

/** Below the range that systems hand out to outgoing connections, so that a remembered port stays free. */
const LOWEST = 15_432;
const COUNT = 10_000;

/** Where the search begins: another place for every checkout. */
export function firstPort(folder: string): number {
  return LOWEST + (createHash("sha256").update(folder).digest().readUInt32BE() % COUNT);
}

/** `wanted`, or the next port after it that nobody listens on. */
export async function findFreePort(wanted: number): Promise<number> {
  let port = wanted;
  while (!(await isFree(port))) port = LOWEST + ((port + 1 - LOWEST) % COUNT);
  return port;
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
