/** What a careless log could show of a thing: of errors every own property, and their causes. */
export function everythingOf(thing: unknown): string {
  if (!(thing instanceof Error)) return JSON.stringify(thing) ?? "";
  const names = Object.getOwnPropertyNames(thing).filter((name) => name !== "cause");
  const own = Object.fromEntries(names.map((name) => [name, Reflect.get(thing, name)]));
  return `${JSON.stringify(own)} ${thing.cause === undefined ? "" : everythingOf(thing.cause)}`;
}
