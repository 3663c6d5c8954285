import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { ParleyError } from "../../errors.ts";
import { giveAway, type Home } from "./home.ts";
import type { Native } from "./native.ts";
import { findFreePort } from "./port.ts";
import { explainEnd, findPostmaster, launch, reach, shutDown } from "./server.ts";

/** A checkout with data; `portIsFixed` once clients know the URL. */
export type Checkout = Home & { native: Native; portIsFixed: boolean };

/** The connection by which a process uses the server. Its locks end with the process, however that ends. */
export type Membership = { client: pg.Client; port: number };

/** Held shared by all that use the server, exclusively by the one that stops it. Both in database postgres. */
const IN_USE = [0x5041_4c45, 1];
/** Held by the one process of its kind. */
const ONLY_ONE = [0x5041_4c45, 2];

/** Processes of a server that was killed end as soon as they look up from their work. */
const SURVIVORS_MS = 10_000;
const LOOK_FOR_SURVIVORS_MS = 250;

/** Finds or starts the server and joins those who use it. */
export async function join(
  checkout: Checkout,
  applicationName: string,
  onProgress: (line: string) => void,
): Promise<Membership> {
  let wanted = checkout.port;
  const patientUntil = performance.now() + SURVIVORS_MS;
  for (;;) {
    const running = findPostmaster(checkout.dataFolder);
    const server = running
      ? attach(checkout, running)
      : await start(checkout, wanted, patientUntil, onProgress);
    const reached = await reach(checkout, server.port, server.isAlive, applicationName);
    if (reached === "gone") {
      const fate = server.explainEnd();
      if (fate === "port taken") wanted = server.port + 1;
      else if (fate === "survivors") await delay(LOOK_FOR_SURVIVORS_MS);
      else if (fate !== "somebody else") throw fate;
      continue;
    }
    try {
      await reached.client.query("select pg_advisory_lock_shared($1, $2)", IN_USE);
      return { client: reached.client, port: server.port };
    } catch {
      // Its last user was stopping it this moment: once more.
      await reached.client.end().catch(() => {});
    }
  }
}

type Candidate = {
  port: number;
  isAlive: () => boolean;
  explainEnd: () => ParleyError | "port taken" | "survivors" | "somebody else";
};

function attach({ dataFolder }: Checkout, { pid, port }: { pid: number; port: number }): Candidate {
  return {
    port,
    isAlive: () => findPostmaster(dataFolder)?.pid === pid,
    explainEnd: () => "somebody else",
  };
}

async function start(
  checkout: Checkout,
  wanted: number,
  patientUntil: number,
  onProgress: (line: string) => void,
): Promise<Candidate> {
  const { dataFolder, logFile, account, native, portIsFixed } = checkout;
  const port = portIsFixed ? wanted : await findFreePort(wanted);
  if (port !== checkout.port) onProgress(`Port ${checkout.port} is taken, using ${port} from now on`);
  checkout.rememberPort(port);
  onProgress(`Starting PostgreSQL ${native.majorVersion} on port ${port}`);
  const offset = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = launch(checkout, port);
  giveAway(logFile, account);
  return {
    port,
    isAlive: () => child.exitCode === null && child.signalCode === null && child.pid !== undefined,
    explainEnd() {
      if (findPostmaster(dataFolder)) return "somebody else";
      const { portTaken, hasSurvivors, error } = explainEnd(logFile, offset);
      if (hasSurvivors && performance.now() < patientUntil) return "survivors";
      return portTaken && !portIsFixed ? "port taken" : error;
    },
  };
}

/** Refuses to be the second of its kind in this checkout (PA027), naming the first. */
export async function takeOnlyPlace({ client }: Membership): Promise<void> {
  const { rows } = await client.query("select pg_try_advisory_lock($1, $2) as taken", ONLY_ONE);
  if (rows[0].taken) return;
  const holder = await client.query(
    `select a.application_name
     from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted`,
    ONLY_ONE,
  );
  const who = holder.rows[0]?.application_name ?? "another process";
  throw new ParleyError("PA027", `Parley is running already in this checkout: ${who}`, {
    hint: "Use that one, or stop it first (Ctrl-C in its window).",
  });
}

/** Gives the server up, and stops it if nobody else uses it. */
export async function leave({ client }: Membership, { dataFolder }: Checkout): Promise<void> {
  try {
    const { rows } = await client.query(
      "select pg_advisory_unlock_shared($1, $2), pg_try_advisory_lock($1, $2) as last",
      IN_USE,
    );
    if (rows[0].last) await shutDown(dataFolder);
  } catch {
    // The server is gone already.
  }
  await client.end().catch(() => {});
}
