/** What a token may be, and the database role that its requests have. A token's role is never used but through this list. */
export const TOKEN_ROLES = {
  analyst: "parley_analyst",
  producer: "parley_producer",
} as const;

export type TokenRole = keyof typeof TOKEN_ROLES;

export function isTokenRole(value: unknown): value is TokenRole {
  return typeof value === "string" && Object.hasOwn(TOKEN_ROLES, value);
}
