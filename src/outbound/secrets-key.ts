import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Config, PARLEY_FOLDER } from "../config.ts";
import { ParleyError } from "../errors.ts";
import { Sealing } from "./sealing.ts";

/**
 * Seals and opens with the keys that are set; for the embedded server, if none is, with a key of its own that is made when it is first
 * needed, so that a newcomer has nothing to set.
 */
export function sealingOf({ secretsKey, databaseUrl }: Config, folder = PARLEY_FOLDER): Sealing {
  if (secretsKey !== undefined) return new Sealing(secretsKey);
  if (databaseUrl !== undefined) {
    throw new ParleyError(
      "PA062",
      "PARLEY_SECRETS_KEY is not set, so secrets can neither be sealed nor opened",
      {
        hint: "Set it to what `openssl rand -base64 32` prints, the same for every process.",
      },
    );
  }
  const file = path.join(folder, "secrets-key");
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString("base64"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return new Sealing(readFileSync(file, "utf8"));
}
