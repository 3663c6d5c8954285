import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { API_ERRORS } from "../../src/api/errors.ts";
import { LIMITS } from "../../src/api/limits/limits.ts";
import { SETTINGS } from "../../src/config.ts";
import { ERRORS } from "../../src/errors.ts";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

it("docs/errors.md explains every error of the catalogue and no other", () => {
  const rows = read("docs/errors.md").matchAll(/^\| (PA\d{3}) +\| ([^|]+?) +\| [^|]+ \| [^|]+ \|$/gm);
  const documented = Object.fromEntries([...rows].map(([, code, meaning]) => [code, meaning]));
  expect(documented).toEqual(ERRORS);
});

it("docs/errors.md explains every code of the API with its HTTP status", () => {
  const rows = read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\| [^|]+ \| [^|]+ \|$/gm);
  const documented = Object.fromEntries([...rows].map(([, code, status]) => [code, Number(status)]));
  expect(documented).toEqual(API_ERRORS);
});

it("docs/graphql.md tells every limit", () => {
  const section = read("docs/graphql.md").split("## Limits")[1]!.split("\n## ")[0]!;
  const numbers = new Set(
    [...section.matchAll(/\d[\d,]*/g)].map(([text]) => Number(text.replaceAll(",", ""))),
  );
  const { body, ...others } = LIMITS;
  expect([...Object.values(others), body / 2 ** 20].filter((limit) => !numbers.has(limit))).toEqual([]);
});

/** Name and default of every setting; undefined for one that is optional. */
function settings(): Record<string, string | undefined> {
  const defaults = Object.entries(SETTINGS.shape).map(([name, type]) => [
    name,
    type.parse(undefined)?.toString(),
  ]);
  return Object.fromEntries(defaults);
}

it("docs/settings.md explains every setting with its default", () => {
  const rows = read("docs/settings.md").matchAll(/^\| `(\w+)` +\| ([^|]+?) +\| [^|]+ \|$/gm);
  const documented = [...rows].map(([, name, shown]) => [name, /^`(.*)`$/.exec(shown!)?.[1]]);
  expect(Object.fromEntries(documented)).toEqual(settings());
});

it(".env.example shows every setting with its default, commented out", () => {
  const lines = [...read(".env.example").matchAll(/^#([A-Z_]+)=(.*)$/gm)];
  const expected = settings();
  const shown = lines.map(([, name, value]) => [name, expected[name!] === undefined ? undefined : value]);
  expect(Object.fromEntries(shown)).toEqual(expected);
});
