import type { lookup } from "node:dns";
import { expect, it } from "vitest";
import { CERTIFICATE } from "../peers/certificate.ts";
import { httpPeer } from "../peers/http-peer.ts";
import { useHttpClient } from "./use-http-client.ts";

const signal = AbortSignal.timeout(60_000);

/** A name server that answers each question with the next of its answers, and the last one from then on. */
function nameServer(...answers: string[][]) {
  const asked: string[] = [];
  const answer = ((host: string, _options: unknown, callback: (...args: unknown[]) => void) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(host);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;
  return { lookup: answer, asked };
}

it.each([
  "127.0.0.1",
  "127.1",
  "0x7f.1",
  "0x7f000001",
  "2130706433",
  "017700000001",
  "0177.0.0.1",
  "１２７.0.0.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[0:0:0:0:0:ffff:127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[2002:7f00:1::]",
  "0.0.0.0",
  "169.254.169.254",
  "localhost",
])("%s is not called, by https or http", async (host) => {
  const peer = await httpPeer();
  const client = useHttpClient({ privateAddresses: [] });
  for (const scheme of ["http", "https"]) {
    const url = `${scheme}://${host}:${peer.port}/`;
    await expect(client.request({ url, signal })).rejects.toMatchObject({
      name: "DestinationDown",
      code: "PA071",
    });
  }
  expect(peer.connections()).toBe(0);
});

it("a name whose answer is a private address is not called", async () => {
  const peer = await httpPeer();
  const client = useHttpClient({ privateAddresses: [], ...nameServer(["127.0.0.1", "::1"]) });
  const url = `https://hooks.example:${peer.port}/`;
  await expect(client.request({ url, signal })).rejects.toMatchObject({
    code: "PA071",
    message: "hooks.example is not a public address",
  });
  expect(peer.connections()).toBe(0);
});

it("of the answers for a name only those that may be called are tried", async () => {
  const peer = await httpPeer();
  const client = useHttpClient({
    privateAddresses: ["127.0.0.1/32"],
    ...nameServer(["10.0.0.1", "127.0.0.1"]),
  });
  expect(await client.request({ url: `http://hooks.example:${peer.port}/`, signal })).toMatchObject({
    status: 200,
  });
});

it("a name that leads elsewhere the next time is judged by what it leads to then", async () => {
  const peer = await httpPeer((_request, response) => void response.setHeader("connection", "close").end());
  const names = nameServer(["127.0.0.1"], ["127.0.0.2"]);
  const client = useHttpClient({ privateAddresses: ["127.0.0.1/32"], ...names });
  const url = `http://hooks.example:${peer.port}/`;
  expect(await client.request({ url, signal })).toMatchObject({ status: 200 });
  await expect(client.request({ url, signal })).rejects.toMatchObject({ code: "PA071" });
  expect(names.asked).toEqual(["hooks.example", "hooks.example"]);
});

it("a name is asked for once by all connections that are being made to it", async () => {
  const peer = await httpPeer();
  const names = nameServer(["127.0.0.1"]);
  let release: (() => void) | undefined;
  const slow = ((host: string, options: object, callback: never) => {
    release = () => names.lookup(host, options, callback);
  }) as unknown as typeof lookup;
  const client = useHttpClient({ lookup: slow });
  const requests = [1, 2, 3].map(() => client.request({ url: `http://hooks.example:${peer.port}/`, signal }));
  await expect.poll(() => release).toBeDefined();
  release!();
  expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(names.asked).toEqual(["hooks.example"]);
});

it("an answer that redirects is not followed, wherever it leads", async () => {
  const inside = await httpPeer();
  const outside = await httpPeer(
    (_request, response) => void response.writeHead(307, { location: inside.url }).end(),
  );
  const client = useHttpClient();
  expect(await client.request({ url: outside.url, signal })).toMatchObject({ status: 307 });
  expect((await client.fetch(outside.url)).status).toBe(307);
  expect(inside.connections()).toBe(0);
});

it("libraries that fetch by themselves are guarded as well", async () => {
  const peer = await httpPeer();
  await expect(useHttpClient({ privateAddresses: [] }).fetch(peer.url)).rejects.toMatchObject({
    cause: { name: "AddressRefused" },
  });
  expect(peer.connections()).toBe(0);
});

it("connections are kept and used again", async () => {
  const peer = await httpPeer();
  const client = useHttpClient();
  for (let i = 0; i < 20; i++) await client.request({ url: peer.url, signal });
  expect(peer.connections()).toBeLessThanOrEqual(2);
  expect(peer.received).toHaveLength(20);
});

it("there are never more connections to one origin than allowed", async () => {
  let now = 0;
  let most = 0;
  const peer = await httpPeer(async (_request, response) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    response.end();
  });
  const client = useHttpClient({ connectionsPerOrigin: 2 });
  await Promise.all(Array.from({ length: 10 }, () => client.request({ url: peer.url, signal })));
  expect(peer.connections()).toBe(2);
  expect(most).toBeLessThanOrEqual(2);
});

it("https needs a certificate of the name that was asked for, and one that is trusted", async () => {
  const peer = await httpPeer(undefined, { tls: true });
  const names = nameServer(["127.0.0.1"]);
  const trusting = useHttpClient({ ca: CERTIFICATE, ...names });
  expect(await trusting.request({ url: `https://hooks.example:${peer.port}`, signal })).toMatchObject({
    status: 200,
  });
  await expect(trusting.request({ url: `https://other.example:${peer.port}`, signal })).rejects.toMatchObject(
    {
      name: "DestinationDown",
      message: "cannot be reached (ERR_TLS_CERT_ALTNAME_INVALID)",
    },
  );
  await expect(useHttpClient().request({ url: peer.url, signal })).rejects.toMatchObject({
    message: "cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)",
  });
});
