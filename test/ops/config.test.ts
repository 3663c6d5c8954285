import { expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";

it("has a default for everything", () => {
  expect(loadConfig({})).toEqual({
    databaseUrl: undefined,
    port: 5678,
    portIsChosen: false,
    logLevel: "info",
    jwtSecret: undefined,
    jwksUrl: undefined,
    explorer: true,
    privateAddresses: ["127.0.0.0/8", "::1/128"],
  });
});

it("lets destinations be at this machine with the embedded server only, and elsewhere if it is told to", () => {
  const allowed = (env: NodeJS.ProcessEnv) =>
    loadConfig({ DATABASE_URL: "postgres://u@h/d", ...env }).privateAddresses;
  expect(allowed({})).toEqual([]);
  expect(allowed({ PARLEY_PRIVATE_ADDRESSES: "10.0.0.0/8, fd00::/8" })).toEqual(["10.0.0.0/8", "fd00::/8"]);
  expect(allowed({ PARLEY_PRIVATE_ADDRESSES: "allow" })).toBe("allow");
});

it("takes an empty value for none", () => {
  expect(loadConfig({ DATABASE_URL: "", PORT: "" })).toMatchObject({ databaseUrl: undefined, port: 5678 });
});

it("shows the explorer with the embedded server only, unless it is told to", () => {
  const explorer = (env: NodeJS.ProcessEnv) =>
    loadConfig({ DATABASE_URL: "postgres://u@h/d", ...env }).explorer;
  expect(explorer({})).toBe(false);
  expect(explorer({ PARLEY_EXPLORER: "on" })).toBe(true);
  expect(loadConfig({ PARLEY_EXPLORER: "off" }).explorer).toBe(false);
});

it.each(["https://login.example.com/keys", "http://localhost:8080/keys", "http://127.0.0.1/keys"])(
  "takes public keys from %s",
  (url) => {
    expect(loadConfig({ PARLEY_JWKS_URL: url }).jwksUrl).toBe(url);
  },
);

it.each([
  ["PARLEY_JWT_SECRET", "tell-nobody", "a text of at least 32 bytes"],
  ["PARLEY_JWKS_URL", "http://tell-nobody.example/keys", "an https URL"],
  ["PARLEY_JWKS_URL", "tell-nobody", "a URL such as https://"],
  ["PARLEY_EXPLORER", "tell-nobody", "on or off"],
  ["PARLEY_PRIVATE_ADDRESSES", "tell-nobody", "allow, or networks such as 10.0.0.0/8"],
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
