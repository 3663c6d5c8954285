import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { z } from "zod";

const PREFIX = "whsec_";

/** As Standard Webhooks says: 24 to 64 bytes in base64, with a prefix that tells what it is. */
export const signingSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, "must be whsec_ and base64")
  .refine((secret) => {
    const { length } = Buffer.from(secret.slice(PREFIX.length), "base64");
    return length >= 24 && length <= 64;
  }, "must be of 24 to 64 bytes");

export function createSigningSecret(): string {
  return PREFIX + randomBytes(32).toString("base64");
}

/** The headers that let receivers check where a message is from: one signature for each secret that is valid. */
export function signedHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  now = new Date(),
): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
}
