import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { serverAccount } from "./account.ts";
import { createCluster, defaultSettings, temporaryFolder } from "./cluster.ts";
import { nativeBinaries } from "./native.ts";
import { findFreePort, firstPort } from "./port.ts";
import { embeddedUrl, explainEnd, launch, reach, type ServerPlace } from "./server.ts";

/** A server for tests and tools, with the settings of the real one; nothing of it is kept. */
export type Throwaway = { url: string; stop(): Promise<void> };

/** Starts a server in a temporary folder. It ends with this process, even if that is killed. */
export async function startThrowaway(): Promise<Throwaway> {
  const account = serverAccount("");
  const folder = temporaryFolder("parley-throwaway-", account);
  const place: ServerPlace = {
    dataFolder: path.join(folder, "data"),
    logFile: path.join(folder, "postgres.log"),
    native: nativeBinaries(account),
    account,
    password: randomBytes(18).toString("base64url"),
  };
  await createCluster({
    ...place,
    settings: { ...defaultSettings(), shared_buffers: "128MB", max_wal_size: "1GB" },
    durable: false,
  });
  for (let from = firstPort(folder); ; from++) {
    const port = await findFreePort(from);
    const server = launch(place, port);
    const reached = await reach(place, port, () => server.exitCode === null, "parley throwaway");
    if (reached !== "gone") {
      await reached.client.end();
      return { url: embeddedUrl(place, port, "postgres"), stop: cleanUpAtEnd(server.pid!, folder) };
    }
    const { portTaken, error } = explainEnd(place.logFile, 0);
    if (!portTaken) throw error;
  }
}

/** A shell that waits for the end of its input, which comes when we close it or when we die, then cleans up. */
function cleanUpAtEnd(pid: number, folder: string): () => Promise<void> {
  const script = `
    cat > /dev/null
    kill -QUIT "$1"
    while [ -e "$2/data/postmaster.pid" ]; do sleep 0.05; done
    rm -rf "$2"`;
  const watcher = spawn("/bin/sh", ["-c", script, "sh", String(pid), folder], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  return async () => {
    watcher.ref();
    watcher.stdin.end();
    if (watcher.exitCode === null) await once(watcher, "exit");
  };
}
