import type { Config } from "../../config.ts";

const PROBE_MS = 1000;

/**
 * The port that was set. Where none was, the default or, beside another checkout's Parley, the next one after it: two
 * checkouts can run at once. Any other program on the port is an error that listening will report.
 */
export async function chooseHttpPort({ port, portIsChosen }: Config): Promise<number> {
  let free = port;
  while (!portIsChosen && (await isParley(free))) free++;
  return free;
}

async function isParley(port: number): Promise<boolean> {
  try {
    const page = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(PROBE_MS) });
    return (await page.text()).startsWith("Parley");
  } catch {
    return false;
  }
}
