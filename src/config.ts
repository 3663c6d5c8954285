import { fileURLToPath } from "node:url";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { ParleyError } from "./errors.ts";

/** Where the embedded server of this checkout keeps everything. */
export const PARLEY_FOLDER = fileURLToPath(new URL("../.parley", import.meta.url));

/** Accepted values in words, for the message that an unusable setting gets. */
const databaseUrl = z
  .url({
    abort: true,
    protocol: /^postgres(ql)?$/,
    error: "a URL such as postgres://user:password@host:5432/database",
  })
  .refine(
    (url) => databaseName(url) !== "",
    "a URL that names the database: postgres://user@host:5432/database",
  );

const port = z.coerce
  .number({ error: "a whole number from 0 to 65535" })
  .int("a whole number from 0 to 65535")
  .min(0, "a whole number from 0 to 65535")
  .max(65535, "a whole number from 0 to 65535");

/** RFC 7518, 3.2: as long as the hash at least. */
const jwtSecret = z
  .string()
  .refine(
    (secret) => Buffer.byteLength(secret) >= 32,
    "a text of at least 32 bytes, such as `openssl rand -base64 32` gives",
  );

/** Keys that somebody could change on their way would let anybody in. */
const jwksUrl = z
  .url({
    abort: true,
    protocol: /^https?$/,
    error: "a URL such as https://login.example.com/.well-known/jwks.json",
  })
  .refine(
    (url) => url.startsWith("https:") || ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname),
    "an https URL, unless it is of this machine",
  );

/** AES-256: 32 bytes are 43 characters of base64 and one that fills up. */
const secretsKey = z
  .string()
  .regex(
    /^\s*[A-Za-z0-9+/]{43}=\s*(,\s*[A-Za-z0-9+/]{43}=\s*)*$/,
    "a key of 32 bytes in base64, such as `openssl rand -base64 32` gives, or several with commas between",
  );

const networksOf = (list: string) => list.split(",").map((network) => network.trim());

const privateAddresses = z
  .string()
  .refine(
    (text) => text === "allow" || networksOf(text).every((network) => ipaddr.isValidCIDR(network)),
    "allow, or networks such as 10.0.0.0/8,fd00::/8",
  )
  .transform((text) => (text === "allow" ? text : networksOf(text)));

/** What a development machine's own peers listen on. */
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** Every setting of the program. `docs/settings.md` and `.env.example` list the same; a test keeps them equal. */
export const SETTINGS = z.object({
  DATABASE_URL: databaseUrl.optional(),
  PORT: port.default(5678),
  PARLEY_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(", ")}` }).default("info"),
  PARLEY_JWT_SECRET: jwtSecret.optional(),
  PARLEY_JWKS_URL: jwksUrl.optional(),
  PARLEY_EXPLORER: z.enum(["on", "off"], { error: "on or off" }).optional(),
  PARLEY_SECRETS_KEY: secretsKey.optional(),
  PARLEY_PRIVATE_ADDRESSES: privateAddresses.optional(),
});

/** The settings of this process, parsed once. */
export type Config = {
  /** Server to use; undefined: the embedded server of this checkout. */
  databaseUrl: string | undefined;
  /** Port of the HTTP server; 0 takes any free one. */
  port: number;
  /** false: nobody asked for the default port, so another one will do. */
  portIsChosen: boolean;
  logLevel: (typeof LOG_LEVELS)[number];
  /** What tokens of the API are signed with. */
  jwtSecret: string | undefined;
  /** Where the public keys are that tokens are signed with. */
  jwksUrl: string | undefined;
  /** Whether `/` shows the explorer. */
  explorer: boolean;
  /** What secrets of destinations are sealed with; behind commas older keys, which still open. */
  secretsKey: string | undefined;
  /** Which addresses that are not public destinations may be at: all, or those of these networks. */
  privateAddresses: "allow" | readonly string[];
};

/** Parses the environment; the first unusable variable is named with what it accepts (PA016), never with its value. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = withoutEmptyValues(env);
  const parsed = SETTINGS.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ParleyError("PA016", `${issue.path.join(".")} must be ${issue.message}`, {
      hint: "docs/settings.md lists every setting.",
    });
  }
  const {
    DATABASE_URL,
    PORT,
    PARLEY_LOG_LEVEL,
    PARLEY_JWT_SECRET,
    PARLEY_JWKS_URL,
    PARLEY_EXPLORER,
    PARLEY_SECRETS_KEY,
    PARLEY_PRIVATE_ADDRESSES,
  } = parsed.data;
  return {
    databaseUrl: DATABASE_URL,
    port: PORT,
    portIsChosen: given.PORT !== undefined,
    logLevel: PARLEY_LOG_LEVEL,
    jwtSecret: PARLEY_JWT_SECRET,
    jwksUrl: PARLEY_JWKS_URL,
    // The embedded server is for development.
    explorer: PARLEY_EXPLORER === undefined ? DATABASE_URL === undefined : PARLEY_EXPLORER === "on",
    secretsKey: PARLEY_SECRETS_KEY,
    privateAddresses: PARLEY_PRIVATE_ADDRESSES ?? (DATABASE_URL === undefined ? LOOPBACK : []),
  };
}

/** `PORT=` in a .env file or a compose file means "not set". */
function withoutEmptyValues(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}
