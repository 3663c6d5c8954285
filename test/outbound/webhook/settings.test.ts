import { describe, expect, it } from "vitest";
import { webhookSecrets, webhookSettings } from "../../../src/outbound/webhook/settings.ts";
import { createSigningSecret } from "../../../src/outbound/webhook/signature.ts";

const problem = (parsed: { success: boolean; error?: { issues: { message: string }[] } | undefined }) =>
  parsed.success ? undefined : parsed.error!.issues.map(({ message }) => message).join("; ");

describe("url", () => {
  const production = (url: unknown) => problem(webhookSettings([]).safeParse({ url }));

  it.each([
    "https://hooks.example",
    "https://hooks.example:8443/a?b=c",
    "https://93.184.216.34/",
    "https://хуки.example/",
  ])("takes %s", (url) => {
    expect(production(url)).toBeUndefined();
  });

  it.each([
    ["hooks.example", "is no URL"],
    ["http://hooks.example", "must begin with https://"],
    ["ftp://hooks.example", "must begin with https://"],
    ["file:///etc/passwd", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["https://me:tell-nobody@hooks.example", "must not hold a user or password"],
    ["https://hooks.example/#a", "must not have a fragment"],
    ["https://127.0.0.1/", "must not be at a private"],
    ["https://2130706433/", "must not be at a private"],
    ["https://0x7f.1/", "must not be at a private"],
    ["https://[::ffff:10.0.0.1]/", "must not be at a private"],
    [`https://hooks.example/${"x".repeat(2000)}`, "Too big"],
    [undefined, "expected string"],
  ])("refuses %s: %s", (url, message) => {
    expect(production(url)).toContain(message);
    expect(production(url)).not.toContain("tell-nobody");
  });

  it("may be http, and of this machine, where that is allowed", () => {
    const schema = webhookSettings(["127.0.0.0/8"]);
    expect(problem(schema.safeParse({ url: "http://127.0.0.1:5678/dev" }))).toBeUndefined();
    expect(problem(schema.safeParse({ url: "http://8.8.8.8/" }))).toContain("must not be at");
    expect(problem(schema.safeParse({ url: "https://10.0.0.1/" }))).toContain("must not be at");
  });
});

describe("headers", () => {
  const open = (headers: unknown) =>
    problem(webhookSettings([]).safeParse({ url: "https://hooks.example", headers }));
  const secret = (headers: unknown) =>
    problem(webhookSecrets.safeParse({ secret: createSigningSecret(), headers }));

  it.each([
    [{ "X-Team": "a\r\nHost: evil.example" }, "visible ASCII"],
    [{ "X-Team": "a\nb" }, "visible ASCII"],
    [{ "X-Team": "a\0b" }, "visible ASCII"],
    [{ "X-Team": "\u2028" }, "visible ASCII"],
    [{ "X-Team": "嘊嘍Host: evil" }, "visible ASCII"],
    [{ "X-Team": "" }, "visible ASCII"],
    [{ "X-Team": " a" }, "visible ASCII"],
    [{ "X-Team": 7 }, "must be a text"],
    [{ "X Team": "a" }, "Invalid key"],
    [{ "X-Team\r\nHost": "a" }, "Invalid key"],
    [{ "X-Team:": "a" }, "Invalid key"],
    [{ "": "a" }, "Invalid key"],
    [{ Host: "a" }, "Invalid key"],
    [{ "CONTENT-LENGTH": "0" }, "Invalid key"],
    [{ "Transfer-Encoding": "chunked" }, "Invalid key"],
    [{ "Webhook-Signature": "v1,a" }, "Invalid key"],
    [{ "X-Team": "a", "x-team": "b" }, "must not name one twice"],
    [Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, "a"])), "20 at most"],
  ])("%o are refused: %s", (headers, message) => {
    expect(open(headers)).toContain(message);
    expect(secret(headers)).toContain(message);
  });

  it("that let their bearer in are secrets, not settings", () => {
    expect(open({ Authorization: "Bearer a" })).toContain("these are secrets");
    expect(secret({ Authorization: "Bearer a" })).toBeUndefined();
  });
});

it.each([
  "whsec_short",
  "whsec_",
  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  `whsec_${Buffer.alloc(65).toString("base64")}`,
])("%s is no secret to sign with", (secret) => {
  expect(webhookSecrets.safeParse({ secret }).success).toBe(false);
});

it("a secret of the standard's own example, and each that is made, will do", () => {
  expect(webhookSecrets.safeParse({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }).success).toBe(true);
  expect(webhookSecrets.safeParse({ secret: createSigningSecret() }).success).toBe(true);
});
