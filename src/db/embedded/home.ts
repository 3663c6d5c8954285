import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { ParleyError } from "../../errors.ts";
import { type Account, canEnter, makeReachable, REACHABLE_ROOT, serverAccount } from "./account.ts";
import { failedStart } from "./cluster.ts";
import { firstPort } from "./port.ts";

/** What an embedded server keeps in the `.parley` folder of its checkout. */
export type Home = {
  /** After links are followed. */
  dataFolder: string;
  logFile: string;
  account: Account | undefined;
  password: string;
  port: number;
  rememberPort(port: number): void;
};

type State = { port: number; password: string };

/** Opens the folder, creating on first use what is missing in it. */
export function openHome(folder: string): Home {
  try {
    makeReachable(() => mkdirSync(folder, { recursive: true }));
    const stateFile = path.join(folder, "server.json");
    const dataLink = path.join(folder, "data");
    const account = serverAccount(dataLink);
    const state = readState(stateFile) ?? createState(stateFile, folder, dataLink);
    return {
      ...state,
      account,
      dataFolder: placeData(folder, dataLink, account),
      logFile: path.join(folder, "postgres.log"),
      rememberPort(port) {
        if (port !== state.port) replaceState(stateFile, { ...state, port });
      },
    };
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

/** The state of a checkout whose server has been started once; undefined before. Does not start or create anything. */
export function readHome(folder: string): State | undefined {
  try {
    return readState(path.join(folder, "server.json"));
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

/** Data lies in `.parley/data`, or, where the account of the server cannot enter it, elsewhere behind a link of that name. */
function placeData(folder: string, dataLink: string, account: Account | undefined): string {
  if (existsSync(dataLink)) return realpathSync(dataLink);
  if (!account || canEnter(account, folder)) return path.join(realpathSync(folder), "data");
  if (lstatSync(dataLink, { throwIfNoEntry: false })) unlinkSync(dataLink); // what it points to is gone
  const elsewhere = path.join(REACHABLE_ROOT, `data-${randomBytes(4).toString("hex")}`);
  makeReachable(() => mkdirSync(elsewhere, { recursive: true }));
  const data = path.join(elsewhere, "data");
  symlinkSync(data, dataLink);
  return data;
}

function readState(file: string): State | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function createState(file: string, folder: string, dataLink: string): State {
  if (existsSync(dataLink)) {
    throw new ParleyError("PA025", `${file} is missing, and with it the password of the data beside it`, {
      hint: "Put the file back, or move .parley/data away to start with an empty database.",
    });
  }
  const state = { port: firstPort(folder), password: randomBytes(18).toString("base64url") };
  try {
    writeFileSync(file, serialize(state), { mode: 0o600, flag: "wx" });
    return state;
  } catch (error) {
    // Two first starts at once: the faster one chose the password.
    const other = hasCode(error, "EEXIST") && readState(file);
    if (other) return other;
    throw error;
  }
}

/** In one step: half a file, on a full disk say, would cost the password. */
function replaceState(file: string, state: State): void {
  writeFileSync(`${file}.new`, serialize(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function serialize(state: State): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** The log is written by the account of the server, though opened by us. */
export function giveAway(file: string, account: Account | undefined): void {
  if (account) chownSync(file, account.uid, account.gid);
}

/** One clear line for a folder that cannot be used. */
export function explainFileError(error: unknown, folder: string): Error {
  if (!(error instanceof Error) || error instanceof ParleyError) return error as Error;
  if (hasCode(error, "ENOSPC")) return failedStart("ENOSPC");
  if (error instanceof SyntaxError) {
    return new ParleyError("PA025", `${path.join(folder, "server.json")} is damaged: ${error.message}`, {
      cause: error,
    });
  }
  if (!hasCode(error, "EACCES") && !hasCode(error, "EPERM") && !hasCode(error, "EROFS")) return error;
  return new ParleyError("PA025", `the folder of the embedded PostgreSQL cannot be used: ${error.message}`, {
    hint: `Start Parley as the user that owns ${folder}, or set DATABASE_URL.`,
    cause: error,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
