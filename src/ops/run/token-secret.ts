import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Config, PARLEY_FOLDER } from "../../config.ts";

/**
 * What tokens are signed with: what is set; for the embedded server, if nothing is, a secret of its own that is made when it is first
 * needed, so that a newcomer has nothing to set. Undefined: tokens are signed elsewhere, or not at all.
 */
export function tokenSecret(
  { jwtSecret, jwksUrl, databaseUrl }: Config,
  folder = PARLEY_FOLDER,
): string | undefined {
  if (jwtSecret !== undefined || jwksUrl !== undefined || databaseUrl !== undefined) return jwtSecret;
  const file = path.join(folder, "jwt-secret");
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8").trim();
}
