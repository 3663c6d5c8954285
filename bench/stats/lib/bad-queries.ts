/** A request that a server has to refuse, or to survive; no two of them are the same. */
type BadQuery = (n: number) => { body: string; token?: string };

const document = (query: string, variables = "{}") => ({
  body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
});

const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(" ");

// Made once: whoever floods must not be kept busy by it.
const LEVELS = `${"{ b ".repeat(200)}${"} ".repeat(200)}`;
const ALIASES = times(1000, (n) => `a${n}: __typename`);
const DOUBLING = times(30, (level) => `fragment f${level} on Query { ...f${level + 1} ...f${level + 1} }`);
const MEGABYTE = " ".repeat(1024 * 1024);
const IDS = `{"ids":[${times(100_000, (n) => (n === 0 ? "0" : `,${n}`))}]}`;

export const BAD_QUERIES: Record<string, BadQuery> = {
  "no JSON": (n) => ({ body: `{"query": "{ a${n}` }),
  "no GraphQL": (n) => document(`{ accounts${n} { id `),
  "unknown fields": (n) => document(`{ secrets${n} { id } }`),
  "another token": (n) => ({ ...document("{ __typename }"), token: `eyJhbGciOiJIUzI1NiJ9.e30.${n}` }),
  "200 levels": (n) => document(`{ a${n} ${LEVELS} }`),
  "1,000 aliases": (n) => document(`{ b${n}: __typename ${ALIASES} }`),
  "fragments that double 30 times": (n) =>
    document(`query q${n} { ...f0 } ${DOUBLING} fragment f30 on Query { __typename }`),
  "a fragment in itself": (n) => document(`query q${n} { ...f } fragment f on Query { ...f }`),
  "a document of 1 MB": (n) => ({ body: `{"query":"{ a${n}: __typename ${MEGABYTE} }"}` }),
  "a body of 5 MB": (n) => ({ body: `{"query":"{ a${n}: __typename }","text":"${MEGABYTE.repeat(5)}"}` }),
  "100,000 variables": (n) => document(`query q${n} { __typename }`, IDS),
  "hours of a century": (n) =>
    document(`{ a${n}: report(by: agent, unit: hour, since: "1950-01-01", until: "2050-01-01") { id } }`),
  "a page of a million": (n) => document(`{ a${n}: dialogs(first: 1000000) { nodes { id } } }`),
  "a document to be planned anew": (n) =>
    document(`{ a${n}: __typename b${n}: __schema { types { name } } }`),
};
