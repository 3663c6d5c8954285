import { z } from "zod";

/**
 * The schema of one value: `read` gives it in internal form, or undefined for what is none. `what` follows "expected" in
 * the one line that a refused document gets; describe-invalid.ts adds where, and what was there instead.
 */
export function expected<T>(what: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const internal = read(value);
    if (internal !== undefined) return internal;
    context.addIssue({ code: "custom", message: `expected ${what}` });
    return z.NEVER;
  });
}
