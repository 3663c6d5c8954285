import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ticketSecrets, ticketSettings } from "../../../src/outbound/ticket/settings.ts";

const settings = ticketSettings([]);
const CREATE = { url: "https://desk.example.com/tickets" };
const http = (more: object) => ({ target: "http", create: CREATE, ...more });

const issuesOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`);

it("{} is the ticket system of Parley itself", () => {
  expect(settings.parse({})).toEqual({
    target: "own",
    ticketIds: "either",
    priority: "normal",
    timeZone: "UTC",
    language: "en",
  });
});

it("another ticket system needs a URL and nothing else", () => {
  expect(settings.parse(http({}))).toMatchObject({
    create: { ...CREATE, method: "POST" },
    reference: "id",
  });
});

describe("settings are refused, and told why:", () => {
  it.each([
    [{ target: "mail" }, "target: "],
    [{ url: "https://desk.example.com" }, "Unrecognized key"],
    [{ timeZone: "Moon/Crater" }, "timeZone: must be a zone of the IANA database"],
    [{ language: "!" }, "language: must be a language tag"],
    [{ target: "http" }, "create: "],
    [http({ create: { url: "http://desk.example.com" } }), "create.url: must begin with https://"],
    [http({ create: { url: "https://10.0.0.1/" } }), "create.url: must not be at a private"],
    [http({ create: { ...CREATE, body: { a: ["{nme}"] } } }), "create.body: names {nme}, which is no field"],
    [http({ create: { ...CREATE, method: "GET" } }), "create.method: "],
    [http({ append: CREATE }), "append.url: must say where the {reference} goes"],
    [
      http({ append: { url: "https://{reference}.example.com/" } }),
      "append.url: must have the {reference} in its path",
    ],
    [http({ append: { url: "https://127.0.0.1/{reference}" } }), "append.url: must not be at a private"],
    [http({ headers: { authorization: "Bearer x" } }), "headers: must not hold authorization"],
    [http({ headers: { "x-a": "a\r\nb: c" } }), "headers"],
  ])("%j", (value, expected) => {
    expect(issuesOf(settings, value)?.join("; ")).toContain(expected);
  });

  it.each([
    [{ token: "x" }, "Unrecognized key"],
    [{ bearer: "x", basic: { user: "a", password: "b" } }, "must be bearer or basic, not both"],
    [{ bearer: "a b" }, "bearer: must be of visible ASCII characters"],
    [{ basic: { user: "a:b", password: "c" } }, "basic.user: must not hold a colon"],
  ])("secrets %j", (value, expected) => {
    expect(issuesOf(ticketSecrets, value)?.join("; ")).toContain(expected);
  });
});
