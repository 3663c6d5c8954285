import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ParleyError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { createCluster, defaultSettings } from "./cluster.ts";
import { explainFileError, openHome } from "./home.ts";
import { type Checkout, join, leave, type Membership, takeOnlyPlace } from "./membership.ts";
import { nativeBinaries } from "./native.ts";
import { EMBEDDED_DATABASE, embeddedUrl, interrupt } from "./server.ts";

const RETRY_MS = 500;

type Options = {
  /** The `.parley` folder of the checkout. */
  folder: string;
  log: Log;
  /** Told what is being done, in words for people. */
  onProgress: (line: string) => void;
  /** What this process is, shown to others that want to be the same. */
  applicationName: string;
  /** Be the only one of its kind in this checkout (`up`), and start the server again should it die. */
  onlyOne?: boolean;
};

/** The embedded server, in use by this process. */
export type Embedded = {
  url: string;
  port: number;
  dataFolder: string;
  /** Gives the server up; the last process that does so stops it. */
  stop(): Promise<void>;
  /** For a process that must end this moment: the server ends too, and recovers at its next start. */
  kill(): void;
};

/** Uses the server of this checkout: the one that runs, else starts it, else creates it. */
export async function startEmbedded(options: Options): Promise<Embedded> {
  const { folder, log, onProgress, applicationName, onlyOne = false } = options;
  const checkout = await openCheckout(folder, onProgress);
  let membership = await join(checkout, applicationName, onProgress);
  const { port } = membership;
  try {
    if (onlyOne) await takeOnlyPlace(membership);
    await createDatabase(membership);
  } catch (error) {
    await leave(membership, checkout);
    throw error;
  }

  let stopping = false;
  let guard: Promise<void> = Promise.resolve();
  if (onlyOne) watch();

  return {
    url: embeddedUrl(checkout, port),
    port,
    dataFolder: checkout.dataFolder,
    async stop() {
      stopping = true;
      await guard;
      await leave(membership, checkout);
    },
    kill: () => interrupt(checkout.dataFolder),
  };

  /** A server that crashed, or was stopped by somebody else, is started again on the same port. */
  function watch(): void {
    membership.client.once("end", () => {
      guard = rejoin();
    });
  }

  async function rejoin(): Promise<void> {
    while (!stopping) {
      log.warn("the embedded PostgreSQL has gone; starting it again");
      try {
        membership = await join({ ...checkout, port, portIsFixed: true }, applicationName, () => {});
        await takeOnlyPlace(membership);
        log.info("the embedded PostgreSQL is back");
        watch();
        return;
      } catch (error) {
        log.error({ err: error }, "the embedded PostgreSQL did not start again");
        await delay(RETRY_MS);
      }
    }
  }
}

/** The data of this checkout, created on first use. */
async function openCheckout(folder: string, onProgress: Options["onProgress"]): Promise<Checkout> {
  const home = openHome(folder);
  try {
    const native = nativeBinaries(home.account);
    if (existsSync(home.dataFolder)) {
      assertUsable(home.dataFolder, native.majorVersion);
    } else {
      onProgress(`Creating the database in ${home.dataFolder}`);
      await createCluster({ ...home, native, settings: defaultSettings(), durable: true });
    }
    return { ...home, native, portIsFixed: false };
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

function assertUsable(dataFolder: string, majorVersion: string): void {
  const { uid } = statSync(dataFolder);
  const self = process.getuid?.() ?? uid;
  if (self !== 0 && self !== uid) {
    throw new ParleyError("PA025", `the data in ${dataFolder} belong to another user (number ${uid})`, {
      hint: "Start Parley as that user or as root, or set DATABASE_URL.",
    });
  }
  const version = readFileSync(path.join(dataFolder, "PG_VERSION"), "utf8").trim();
  if (version === majorVersion) return;
  throw new ParleyError(
    "PA025",
    `the data in ${dataFolder} are of PostgreSQL ${version}; this program has ${majorVersion}`,
    {
      hint: "Dump them with the program that wrote them, move the folder away, and restore the dump.",
    },
  );
}

async function createDatabase({ client }: Membership): Promise<void> {
  const { rowCount } = await client.query("select from pg_database where datname = $1", [EMBEDDED_DATABASE]);
  if (rowCount) return;
  try {
    await client.query(`create database ${EMBEDDED_DATABASE}`);
  } catch (error) {
    const madeByAnother =
      error instanceof Error && "code" in error && ["42P04", "23505"].includes(String(error.code));
    if (!madeByAnother) throw error;
  }
}
