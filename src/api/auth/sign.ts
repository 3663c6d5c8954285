import { SignJWT } from "jose";
import { AUDIENCE } from "./claims.ts";
import type { TokenRole } from "./roles.ts";

type Options = { role: TokenRole; account?: number | undefined; seconds: number };

/** A token of our own, for development: whoever knows the secret is trusted. */
export async function signToken(secret: string, { role, account, seconds }: Options): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ role, ...(account === undefined ? {} : { account }) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(new TextEncoder().encode(secret));
}
