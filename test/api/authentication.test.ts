import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { bearer, SECRET, type TestApi, useApi } from "./use-api.ts";

const db = useDatabase();
const secretKey = new TextEncoder().encode(SECRET);

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const GOOD = { role: "analyst", account: 1, aud: "parley", exp: inSeconds(600) };

function sign(
  claims: Record<string, unknown>,
  key: Parameters<SignJWT["sign"]>[0] = secretKey,
  alg = "HS256",
) {
  return new SignJWT(claims).setProtectedHeader({ alg, kid: "one" }).sign(key);
}

async function ask({ app }: TestApi, authorization: string | undefined) {
  return app.inject({
    method: "POST",
    url: "/graphql",
    headers: {
      "content-type": "application/json",
      ...(authorization === undefined ? {} : { authorization }),
    },
    payload: { query: "{__typename}" },
  });
}

const refusal = (code: string, message: string) => ({
  errors: [{ message: expect.stringContaining(message), extensions: { code } }],
});

describe("with a secret", () => {
  const api = useApi(db);

  it("lets a token in that is signed with it", async () => {
    expect((await ask(api, `Bearer ${await sign(GOOD)}`)).json()).toEqual({ data: { __typename: "Query" } });
  });

  it("takes `bearer` in any case", async () => {
    expect((await ask(api, `bearer ${await sign(GOOD)}`)).statusCode).toBe(200);
  });

  it.each([
    ["no header", undefined, "a token is needed"],
    ["an empty one", "", "a token is needed"],
    ["another scheme", "Basic YTpi", "must be `Authorization: Bearer TOKEN`"],
    ["no token", "Bearer ", "must be `Authorization: Bearer TOKEN`"],
    ["two tokens", "Bearer a b", "must be `Authorization: Bearer TOKEN`"],
    ["what is no JWT", "Bearer abc", "no JWT"],
    ["three parts of nonsense", "Bearer a.b.c", "no JWT"],
  ])("answers 401 to %s", async (_what, authorization, sentence) => {
    const answer = await ask(api, authorization);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", sentence));
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="parley"');
  });

  const without = (name: keyof typeof GOOD) =>
    Object.fromEntries(Object.entries(GOOD).filter(([claim]) => claim !== name));

  it.each([
    ["has expired", { ...GOOD, exp: inSeconds(-60) }, "has expired"],
    ["never expires", without("exp"), "must say when it expires"],
    ["is for another audience", { ...GOOD, aud: "other" }, 'its audience must be "parley"'],
    ["is for nobody", without("aud"), 'its audience must be "parley"'],
    ["is not valid yet", { ...GOOD, nbf: inSeconds(600) }, "not valid yet"],
    ["is an analyst's without account", without("account"), "must name an account"],
    ["has a name for an account", { ...GOOD, account: "1" }, "whole number"],
    ["has account 0", { ...GOOD, account: 0 }, "whole number"],
    ["has a negative account", { ...GOOD, account: -1 }, "whole number"],
    ["has half an account", { ...GOOD, account: 1.5 }, "whole number"],
    ["has an account of more than 32 bits", { ...GOOD, account: 2 ** 31 }, "whole number"],
  ])("answers 401 to a token that %s", async (_what, claims, sentence) => {
    const answer = await ask(api, `Bearer ${await sign(claims)}`);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", sentence));
  });

  it("tolerates clocks that differ a little", async () => {
    expect((await ask(api, `Bearer ${await sign({ ...GOOD, exp: inSeconds(-5) })}`)).statusCode).toBe(200);
  });

  it.each([
    "operator",
    "parley_operator",
    "postgres",
    "__proto__",
    "constructor",
    ["analyst"],
    null,
    undefined,
  ])("answers 403 to the role %s, naming those there are", async (role) => {
    const answer = await ask(api, `Bearer ${await sign({ ...GOOD, role })}`);
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toEqual(refusal("FORBIDDEN", "analyst or producer or administrator"));
  });

  it("answers 401 to another secret", async () => {
    const other = new TextEncoder().encode("another secret, as long as the right one");
    const answer = await ask(api, `Bearer ${await sign(GOOD, other)}`);
    expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", "signature is wrong"));
  });

  it("answers 401 to a token whose claims were changed", async () => {
    const [head, , signature] = (await sign(GOOD)).split(".");
    const changed = Buffer.from(JSON.stringify({ ...GOOD, account: 2 })).toString("base64url");
    const answer = await ask(api, `Bearer ${head}.${changed}.${signature}`);
    expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", "signature is wrong"));
  });

  it.each(["none", "NONE", "HS384", "RS256", "ES256"])("does not accept the algorithm %s", async (alg) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const signature of ["", "AAAA"]) {
      const answer = await ask(api, `Bearer ${part({ alg })}.${part(GOOD)}.${signature}`);
      expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", "algorithm that is not accepted"));
    }
  });

  it("reads no body of whom it does not know", async () => {
    const answer = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { "content-type": "application/json" },
      payload: "x".repeat(10_000_000),
    });
    expect(answer.statusCode).toBe(401);
  });

  it("never repeats the token", async () => {
    const token = await sign({ ...GOOD, exp: inSeconds(-60) });
    const answer = await ask(api, `Bearer ${token}`);
    expect(answer.body).not.toContain(token.slice(0, 20));
    expect(JSON.stringify(api.logged)).not.toContain(token.slice(0, 20));
  });
});

describe("with public keys", () => {
  let server: Server;
  let answers: unknown = { keys: [] };
  const url = new URL("http://127.0.0.1/keys.json");
  const keys: Record<string, Awaited<ReturnType<typeof generateKeyPair>>> = {};

  beforeAll(async () => {
    for (const alg of ["RS256", "ES256", "EdDSA"]) keys[alg] = await generateKeyPair(alg);
    const published = await Promise.all(
      Object.entries(keys).map(async ([alg, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        alg,
        kid: alg,
      })),
    );
    answers = { keys: published };
    server = createServer((_request, response) => {
      if (answers === undefined) response.writeHead(500).end();
      else response.setHeader("content-type", "application/json").end(JSON.stringify(answers));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url.port = String((server.address() as AddressInfo).port);
  });
  afterAll(() => void server.close());

  const api = useApi(db, {
    keys: {
      get jwksUrl() {
        return url.href;
      },
    },
  });

  const signWith = (alg: string, kid = alg) =>
    new SignJWT(GOOD).setProtectedHeader({ alg, kid }).sign(keys[alg]!.privateKey);

  it.each(["RS256", "ES256", "EdDSA"])("lets a token in that is signed by %s", async (alg) => {
    expect((await ask(api, `Bearer ${await signWith(alg)}`)).statusCode).toBe(200);
  });

  it("answers 401 to a key that is not published", async () => {
    const answer = await ask(api, `Bearer ${await signWith("RS256", "unknown")}`);
    expect(answer.json()).toEqual(refusal("UNAUTHENTICATED", "unknown key"));
  });

  it("never takes a public key for a shared secret", async () => {
    const { n } = (answers as { keys: { n: string }[] }).keys[0]!;
    for (const secret of [JSON.stringify((answers as { keys: unknown[] }).keys[0]), n]) {
      const forged = await new SignJWT(GOOD)
        .setProtectedHeader({ alg: "HS256", kid: "RS256" })
        .sign(new TextEncoder().encode(secret));
      expect((await ask(api, `Bearer ${forged}`)).json()).toEqual(
        refusal("UNAUTHENTICATED", "algorithm that is not accepted"),
      );
    }
  });
});

describe("with public keys that cannot be fetched", () => {
  const api = useApi(db, { keys: { jwksUrl: "http://127.0.0.1:1/keys.json" } });

  it("answers 503: the token may be good", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const token = await new SignJWT(GOOD).setProtectedHeader({ alg: "ES256", kid: "a" }).sign(privateKey);
    const answer = await ask(api, `Bearer ${token}`);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBeDefined();
    expect(answer.json()).toEqual(refusal("BUSY", "cannot be fetched"));
  });
});

describe("without any key", () => {
  const api = useApi(db, { keys: {} });

  it("answers 503, and says what to set", async () => {
    const answer = await ask(api, bearer(await sign(GOOD)).authorization);
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual(
      refusal("NOT_CONFIGURED", "PARLEY_JWT_SECRET or PARLEY_JWKS_URL must be set"),
    );
  });
});
