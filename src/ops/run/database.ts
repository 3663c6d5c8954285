import { type Config, PARLEY_FOLDER } from "../../config.ts";
import { readHome } from "../../db/embedded/home.ts";
import { embeddedUrl } from "../../db/embedded/server.ts";
import { startEmbedded } from "../../db/embedded/start.ts";
import { ParleyError } from "../../errors.ts";
import type { Log } from "../../log.ts";

/** A database server in use by this process. */
export type Database = {
  url: string;
  /** Folder of the embedded server's data; undefined where DATABASE_URL names a server. */
  dataFolder: string | undefined;
  stop(): Promise<void>;
  kill(): void;
};

type Options = {
  config: Config;
  log: Log;
  applicationName: string;
  onlyOne?: boolean;
  onProgress?: (line: string) => void;
};

/** The server that DATABASE_URL names; without it the embedded one of this checkout, started if it does not run. */
export async function openDatabase({
  config,
  onProgress = () => {},
  ...options
}: Options): Promise<Database> {
  if (config.databaseUrl !== undefined) {
    return { url: config.databaseUrl, dataFolder: undefined, stop: async () => {}, kill: () => {} };
  }
  return startEmbedded({ ...options, folder: PARLEY_FOLDER, onProgress });
}

/** Where the database is, password included, without starting anything. */
export function databaseUrl(config: Config): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const home = readHome(PARLEY_FOLDER);
  if (home) return embeddedUrl(home, home.port);
  throw new ParleyError("PA012", "this checkout has no embedded database yet", {
    hint: "`npm start` creates it; or set DATABASE_URL.",
  });
}
