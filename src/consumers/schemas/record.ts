import { z } from "zod";
import { correctMembers } from "../spelling.ts";

type Shape = Record<string, z.ZodType>;
type InternalName<Member, Names> = Member extends keyof Names
  ? Names[Member] & string
  : Uncapitalize<Member & string>;
type Internal<S extends Shape, Names> = { [M in keyof S as InternalName<M, Names>]: z.output<S[M]> };

/**
 * The schema of one class of the seed. `shape` lists its members in corrected PascalCase; misspelt and camelCase members
 * are understood too, members not listed are left out. The result has the same members in camelCase, except for those
 * that `names` gives a better name.
 */
export function record<
  S extends Shape,
  const Names extends { [M in keyof S]?: string } = Record<never, never>,
>(shape: S, names?: Names): z.ZodType<Internal<S, Names>> {
  const internalName = (member: string) =>
    names?.[member] ?? member.charAt(0).toLowerCase() + member.slice(1);
  const toInternal = (members: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(members).map(([member, value]) => [internalName(member), value]));
  return z
    .preprocess(correctMembers, z.object(shape, { error: "expected an object" }))
    .transform(toInternal) as unknown as z.ZodType<Internal<S, Names>>;
}
