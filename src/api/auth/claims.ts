import { errors, type JWTPayload, jwtVerify } from "jose";
import { ApiError } from "../errors.ts";
import { Lru } from "../lru.ts";
import type { KeyOf } from "./keys.ts";
import { isTokenRole, needsAccount, TOKEN_ROLES, type TokenRole } from "./roles.ts";

export const AUDIENCE = "parley";

/** Clocks differ; by more than this they are wrong. */
const CLOCK_TOLERANCE_S = 10;

/** Who asks, of a token that has been checked. */
export type Claims = {
  role: TokenRole;
  /** The account in which alone the token acts; undefined: a producer of all accounts. */
  account: number | undefined;
  timeZone: string | undefined;
};

/** A token that has been checked is believed for so long, or until it expires: keys are withdrawn. */
const BELIEVED_MS = 60_000;
const KEPT = { most: 1000, mostWeight: 1_000_000 };

/** Reads the claims of `Authorization: Bearer TOKEN`; each way in which it can be wrong has its own sentence. */
export function createClaimsReader(keyOf: KeyOf): (authorization: string | undefined) => Promise<Claims> {
  const believed = new Lru<{ claims: Claims; untilMs: number }>(KEPT);
  return async (authorization) => {
    const token = bearerToken(authorization);
    const known = believed.get(token);
    if (known && Date.now() < known.untilMs) return known.claims;
    const payload = await verify(token, keyOf);
    const claims = claimsOf(payload);
    const untilMs = Math.min(Date.now() + BELIEVED_MS, (payload.exp! + CLOCK_TOLERANCE_S) * 1000);
    believed.set(token, { claims, untilMs }, token.length);
    return claims;
  };
}

async function verify(token: string, keyOf: KeyOf): Promise<JWTPayload> {
  const { key, algorithms } = keyOf(token);
  // jose has an overload for each kind of key.
  const options = {
    algorithms,
    audience: AUDIENCE,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ["exp"],
  };
  try {
    const { payload } = await (typeof key === "function"
      ? jwtVerify(token, key, options)
      : jwtVerify(token, key, options));
    return payload;
  } catch (error) {
    throw error instanceof ApiError ? error : unauthenticated(sentence(error), error);
  }
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === "") {
    throw unauthenticated("a token is needed: send `Authorization: Bearer TOKEN`");
  }
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated("the header must be `Authorization: Bearer TOKEN`");
  return token;
}

function sentence(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud")
      return `the token is not meant for this API: its audience must be "${AUDIENCE}"`;
    if (error.claim === "exp") return "the token must say when it expires (exp)";
    if (error.claim === "nbf") return "the token is not valid yet";
    return "the token has unusable claims";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is wrong";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return "the token is signed with an unknown key";
  }
  return "the token is no JWT that can be used";
}

function claimsOf({ role, account, tz }: JWTPayload): Claims {
  if (!isTokenRole(role)) {
    const roles = Object.keys(TOKEN_ROLES).join(" or ");
    throw new ApiError("FORBIDDEN", `the token needs a role: ${roles}`);
  }
  if (account !== undefined && !isAccount(account)) {
    throw unauthenticated("the token's account must be a whole number from 1 on");
  }
  if (account === undefined && needsAccount(role)) {
    throw unauthenticated(`the token of an ${role} must name an account`);
  }
  return { role, account, timeZone: typeof tz === "string" ? tz : undefined };
}

/** Of 32 bits, as SiteId is. */
function isAccount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 2 ** 31 - 1;
}

function unauthenticated(message: string, cause?: unknown): ApiError {
  return new ApiError("UNAUTHENTICATED", message, { cause });
}
