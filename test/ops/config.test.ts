import { expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";

it("has a default for everything", () => {
  expect(loadConfig({})).toEqual({
    databaseUrl: undefined,
    port: 5678,
    portIsChosen: false,
    logLevel: "info",
  });
});

it("takes an empty value for none", () => {
  expect(loadConfig({ DATABASE_URL: "", PORT: "" })).toMatchObject({ databaseUrl: undefined, port: 5678 });
});

it.each([
  ["PORT", "five", "a whole number from 0 to 65535"],
  ["PORT", "70000", "a whole number from 0 to 65535"],
  ["PORT", "-1", "a whole number from 0 to 65535"],
  ["PARLEY_LOG_LEVEL", "loud", "one of debug, info, warn, error, silent"],
  ["DATABASE_URL", "mysql://me:tell-nobody@host/db", "a URL such as postgres://"],
  ["DATABASE_URL", "postgres://me:tell-nobody@host", "a URL that names the database"],
  ["DATABASE_URL", "tell-nobody", "a URL such as postgres://"],
])("names %s=%s and what it accepts, not the value", (name, value, accepted) => {
  const load = () => loadConfig({ [name]: value });
  expect(load).toThrow(
    expect.objectContaining({
      code: "PA016",
      message: expect.stringContaining(`${name} must be ${accepted}`),
    }),
  );
  expect(load).not.toThrow("tell-nobody");
});
