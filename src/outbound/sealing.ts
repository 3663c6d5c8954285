import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ParleyError } from "../errors.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sealed:(v[12]):([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/;

/** The destination whose secrets they are: copied to another, they do not open. */
export interface SealedFor {
  readonly id: number;
  readonly accountId: number;
}

/** Seals with the first key, opens with any: so keys can be changed while what older ones sealed still lies about. */
export class Sealing {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #first: string;

  /** `keys` as in PARLEY_SECRETS_KEY: base64 of 32 bytes each, with commas between. */
  constructor(keys: string) {
    const parsed = keys.split(",").map((key) => Buffer.from(key.trim(), "base64"));
    if (parsed.some((key) => key.length !== KEY_BYTES)) {
      throw new ParleyError(
        "PA016",
        "PARLEY_SECRETS_KEY must be keys of 32 bytes in base64, with commas between",
      );
    }
    this.#keys = new Map(parsed.map((key) => [keyId(key), key]));
    this.#first = keyId(parsed[0]!);
  }

  /** `sealed:v2:KEY_ID:BASE64`, as outbound.destinations.secrets takes it. */
  seal(secrets: unknown, destination: SealedFor): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#keys.get(this.#first)!, nonce);
    cipher.setAAD(boundTo("v2", this.#first, destination));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
    return `sealed:v2:${this.#first}:${Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64")}`;
  }

  /** What was sealed. PA062 when none of the keys opens it; the error holds nothing of it. */
  open(text: string, destination: SealedFor): unknown {
    const [, version, id, body] = SEALED.exec(text) ?? [];
    if (version === undefined || id === undefined || body === undefined) {
      throw new ParleyError("PA061", "these secrets are not sealed", {
        hint: "Seal them with ./parley seal.",
      });
    }
    const key = this.#keys.get(id);
    if (key === undefined) {
      throw new ParleyError(
        "PA062",
        `the secrets are sealed with key ${id}, which PARLEY_SECRETS_KEY does not have`,
        {
          hint: `It has ${[...this.#keys.keys()].join(", ")}. Add the older key behind a comma, or seal the secrets anew.`,
        },
      );
    }
    const bytes = Buffer.from(body, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(boundTo(version, id, destination));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return JSON.parse(opened.toString("utf8"));
    } catch {
      throw new ParleyError(
        "PA062",
        "the sealed secrets are damaged, or were sealed for another destination",
        {
          hint: "Seal them anew with ./parley seal.",
        },
      );
    }
  }
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): string {
  return createHash("sha256").update("parley secrets key\0").update(key).digest("hex").slice(0, 8);
}

/** What opens only together with the sealed text. v1, of a release ago, was bound to its key alone: any destination opened it. */
function boundTo(version: string, keyId: string, { accountId, id }: SealedFor): Buffer {
  const head = `sealed:${version}:${keyId}`;
  return Buffer.from(
    version === "v1" ? head : `${head}:secrets of destination ${id} of account ${accountId}`,
  );
}
