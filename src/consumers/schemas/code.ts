import { expected } from "./expected.ts";

/** An enumeration: its codes in order, from `first`. The code or its name (in any case) is accepted, the code results. */
export function code(names: readonly string[], first = 0) {
  const codes = new Map<unknown, number>();
  for (const [index, name] of names.entries()) {
    codes.set(first + index, first + index);
    codes.set(String(first + index), first + index);
    codes.set(name.toLowerCase(), first + index);
  }
  const known = names.map((name, index) => `${first + index} (${name})`).join(", ");
  return expected(`one of ${known}`, (value) =>
    codes.get(typeof value === "string" ? value.toLowerCase() : value),
  );
}
