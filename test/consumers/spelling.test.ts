import { describe, expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { type Document, example } from "./deliver.ts";
import { corrected } from "./seed-classes.ts";

/** What is understood of the document; some are kept whole, as they are, besides. */
function parse(name: string, document: unknown): Document {
  const { data: _whole, ...understood } = schemas[name]!.parse(document) as Document;
  return understood;
}

describe("a document is understood alike", () => {
  it.each(Object.keys(schemas))("as printed and in corrected spelling: %s", (name) => {
    expect(parse(name, corrected(example(name)))).toEqual(parse(name, example(name)));
  });

  it.each(Object.keys(schemas))("with members in camelCase: %s", (name) => {
    expect(parse(name, inCamelCase(example(name)))).toEqual(parse(name, example(name)));
  });

  it.each(Object.keys(schemas))("with members that nobody knows: %s", (name) => {
    const data = { ...example(name), ...JSON.parse('{"Tomorrow": "?", "__proto__": {"SiteId": 2}}') };
    expect(parse(name, data)).toEqual(parse(name, example(name)));
  });
});

describe("a member in two spellings", () => {
  const status = example("agent.status.changed");

  it.each([
    { Stauts: 1, Status: 2 },
    { Status: 2, Stauts: 1 },
    { Stauts: 2, Status: null },
    { Status: null, Stauts: 2 },
  ])("counts in the correct one, unless that is null: %j", (both) => {
    const { Stauts: _printed, ...others } = status;
    expect(parse("agent.status.changed", { ...others, ...both })).toMatchObject({ status: 2 });
  });
});

describe("an enumeration", () => {
  it.each([1, "1", "Facebook", "facebook"])("is understood as code or name: %j", (SocialMediaSource) => {
    const data = { ...example("chat.ended"), SocialMediaSource };
    expect(parse("chat.ended", data)).toMatchObject({ socialMediaSource: 1 });
  });
});

function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [
      member.charAt(0).toLowerCase() + member.slice(1),
      inCamelCase(content),
    ]),
  );
}
