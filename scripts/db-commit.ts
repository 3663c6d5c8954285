// Moves migrations/current.sql into migrations/committed: npm run db:commit -- "what the change does"
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { startThrowaway } from "../src/db/embedded/throwaway.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CURRENT = fileURLToPath(new URL("../migrations/current.sql", import.meta.url));
const GRAPHILE_MIGRATE = createRequire(import.meta.url).resolve("graphile-migrate/dist/cli.js");

const [message, ...rest] = process.argv.slice(2);
if (!message || rest.length > 0) {
  process.stderr.write('usage: npm run db:commit -- "what the change does"\n');
  process.exit(2);
}

const change = readFileSync(CURRENT);
const server = await startThrowaway();
const graphileMigrate = (...args: string[]) =>
  execFileSync(process.execPath, [GRAPHILE_MIGRATE, ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      ROOT_DATABASE_URL: server.url,
      DATABASE_URL: databaseUrl("parley_main"),
      SHADOW_DATABASE_URL: databaseUrl("parley_shadow"),
    },
  });

try {
  graphileMigrate("reset", "--erase");
  // First on trial: a commit that fails leaves current.sql with its includes expanded and its header lost.
  graphileMigrate("reset", "--shadow", "--erase");
  graphileMigrate("current", "--shadow");
  graphileMigrate("commit", "--message", message);
} catch {
  writeFileSync(CURRENT, change);
  process.stderr.write("error: nothing was committed; migrations/current.sql is as it was\n");
  process.exitCode = 1;
} finally {
  await server.stop();
}

function databaseUrl(name: string): string {
  const url = new URL(server.url);
  url.pathname = name;
  return url.href;
}
