/** What a token may be, and the database role that its requests have. A token's role is never used but through this list. */
export const TOKEN_ROLES = {
  analyst: "parley_analyst",
  producer: "parley_producer",
  administrator: "parley_administrator",
} as const;

export type TokenRole = keyof typeof TOKEN_ROLES;

export function isTokenRole(value: unknown): value is TokenRole {
  return typeof value === "string" && Object.hasOwn(TOKEN_ROLES, value);
}

/** Whether a token of this role acts in one account, which it must name. A producer may be a chat server of all. */
export function needsAccount(role: TokenRole): boolean {
  return role !== "producer";
}

/** Who may call a mutation. The database decides; this is for telling, and for refusing before anything is planned. */
export function roleOfMutation(field: string): TokenRole {
  return /webhook/i.test(field) ? "administrator" : "producer";
}
