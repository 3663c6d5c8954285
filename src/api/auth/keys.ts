import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTVerifyGetKey } from "jose";
import { ApiError } from "../errors.ts";

/** Algorithms by kind of key: a public key never serves as a shared secret, and `none` is in neither list. */
const SECRET_ALGORITHMS = ["HS256"];
const PUBLIC_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** How long a key server may take, and how often an unknown key makes us ask it again. */
const FETCH_TIMEOUT_MS = 3000;
const COOLDOWN_MS = 30_000;

/** What tokens are checked with. Without either nobody can be let in. */
export type KeySettings = { secret?: string | undefined; jwksUrl?: string | undefined };

/** The key that a token must have been signed with, and the algorithms that this kind of key allows. */
export type KeyOf = (token: string) => { key: Uint8Array | JWTVerifyGetKey; algorithms: string[] };

/** Undefined without any key. */
export function createKeys({ secret, jwksUrl }: KeySettings): KeyOf | undefined {
  const secretKey = secret === undefined ? undefined : new TextEncoder().encode(secret);
  const publicKeys = jwksUrl === undefined ? undefined : remoteKeys(new URL(jwksUrl));
  if (!secretKey && !publicKeys) return undefined;
  return (token) => {
    const algorithm = algorithmOf(token);
    if (secretKey && SECRET_ALGORITHMS.includes(algorithm)) {
      return { key: secretKey, algorithms: SECRET_ALGORITHMS };
    }
    if (publicKeys && PUBLIC_ALGORITHMS.includes(algorithm)) {
      return { key: publicKeys, algorithms: PUBLIC_ALGORITHMS };
    }
    throw new ApiError("UNAUTHENTICATED", "the token is signed by an algorithm that is not accepted");
  };
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? "";
  } catch {
    throw new ApiError("UNAUTHENTICATED", "the token is no JWT");
  }
}

/** The keys of an identity provider. That it does not answer is our trouble and not the token's. */
function remoteKeys(url: URL): JWTVerifyGetKey {
  const find = createRemoteJWKSet(url, { timeoutDuration: FETCH_TIMEOUT_MS, cooldownDuration: COOLDOWN_MS });
  return async (...asked) => {
    try {
      return await find(...asked);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      throw new ApiError("BUSY", "the keys that tokens are checked with cannot be fetched; try again later", {
        headers: { "retry-after": "5" },
        cause: error,
      });
    }
  };
}
