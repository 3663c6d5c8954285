import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { failureOfAnswer } from "../../../src/outbound/http/failure.ts";
import { retryAfterSeconds } from "../../../src/outbound/http/retry-after.ts";
import { httpPeer } from "../peers/http-peer.ts";
import { useHttpClient } from "./use-http-client.ts";

const signal = AbortSignal.timeout(60_000);

/** A server of TCP that says these bytes to whoever connects, and hangs up if told to. */
async function rawPeer(bytes: string, { hangUp = false } = {}): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => (hangUp ? socket.end(bytes) : socket.write(bytes)));
    onTestFinished(() => void socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it("what is sent arrives as it is, and what is answered comes back", async () => {
  const peer = await httpPeer(
    ({ body }, response) => void response.writeHead(201, { "x-is": "there" }).end(`got ${body}`),
  );
  const answer = await useHttpClient().request({
    url: `${peer.url}/a?b=c`,
    method: "PUT",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "Grüße",
    signal,
  });
  expect(answer).toMatchObject({
    status: 201,
    text: "got Grüße",
    isCut: false,
    headers: { "x-is": "there" },
  });
  expect(peer.received).toMatchObject([
    { method: "PUT", path: "/a?b=c", body: "Grüße", headers: { "content-length": "7" } },
  ]);
});

it("a peer that does not answer in time is down", async () => {
  const url = await rawPeer("");
  await expect(useHttpClient().request({ url, signal, timeoutMs: 50 })).rejects.toMatchObject({
    name: "DestinationDown",
    code: "PA070",
    message: "no answer within 0.05 s",
  });
});

it("a peer that does not listen, or whose name nobody knows, is down", async () => {
  const client = useHttpClient({ privateAddresses: "allow" });
  await expect(client.request({ url: "http://127.0.0.1:1/", signal })).rejects.toMatchObject({
    name: "DestinationDown",
    message: "cannot be reached (ECONNREFUSED)",
  });
  const unknown = useHttpClient({
    lookup: ((_host: string, _options: unknown, callback: (error: Error) => void) =>
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }))) as never,
  });
  await expect(unknown.request({ url: "https://nobody.example/", signal })).rejects.toMatchObject({
    name: "DestinationDown",
    message: "cannot be reached (ENOTFOUND)",
  });
});

it("a connection that breaks before an answer, or an answer that is no HTTP, fails the attempt only", async () => {
  for (const bytes of ["", "HTTP/1.1 200", "SMTP what\r\n\r\n"]) {
    const url = await rawPeer(bytes, { hangUp: true });
    await expect(useHttpClient().request({ url, signal }), bytes).rejects.toMatchObject({
      name: "CallFailed",
      code: "PA070",
    });
  }
});

it("whoever asked can stop asking", async () => {
  const url = await rawPeer("");
  const stop = new AbortController();
  const answer = useHttpClient().request({ url, signal: stop.signal });
  stop.abort(new Error("shutting down"));
  await expect(answer).rejects.toThrow("shutting down");
});

it("of a huge answer the beginning is read, and its connection closed", async () => {
  let isClosed = false;
  const peer = await httpPeer((_request, response) => {
    response.on("close", () => {
      isClosed = true;
    });
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65536)));
    };
    response.on("drain", more);
    more();
  });
  const answer = await useHttpClient().request({ url: peer.url, signal, longestAnswer: 100_000 });
  expect(answer).toMatchObject({ status: 200, isCut: true });
  expect(answer.text).toHaveLength(100_000);
  await expect.poll(() => isClosed).toBe(true);
});

it("a status counts although the rest of the answer never comes", async () => {
  const hanging = await rawPeer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  expect(await useHttpClient().request({ url: hanging, signal, timeoutMs: 100 })).toMatchObject({
    status: 200,
    text: "half",
    isCut: true,
  });
  const broken = await rawPeer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", { hangUp: true });
  expect(await useHttpClient().request({ url: broken, signal })).toMatchObject({ text: "half", isCut: true });
});

const answer = (status: number, headers = {}) => ({ status, headers, text: "because", isCut: false });

it.each([
  [204, undefined, undefined],
  [301, "DestinationDown", "PA073"],
  [308, "DestinationDown", "PA073"],
  [401, "DestinationDown", "PA072"],
  [403, "DestinationDown", "PA072"],
  [407, "DestinationDown", "PA072"],
  [410, "DestinationDown", "PA072"],
  [429, "DestinationDown", "PA070"],
  [502, "DestinationDown", "PA070"],
  [503, "DestinationDown", "PA070"],
  [504, "DestinationDown", "PA070"],
  [400, "RefusedByPeer", "PA073"],
  [413, "RefusedByPeer", "PA073"],
  [422, "RefusedByPeer", "PA073"],
  [404, "CallFailed", "PA073"],
  [408, "CallFailed", "PA073"],
  [409, "CallFailed", "PA073"],
  [500, "CallFailed", "PA073"],
])("an answer %i is %s %s", (status, name, code) => {
  const failure = failureOfAnswer(answer(status), { wrongRequest: "reject" });
  if (name === undefined) expect(failure).toBeUndefined();
  else expect(failure).toMatchObject({ name, code, receipt: { status, answer: "because" } });
});

it("a peer whose code may be mended is asked again after it took a request for wrong", () => {
  expect(failureOfAnswer(answer(400), { wrongRequest: "retry" })).toMatchObject({ name: "CallFailed" });
});

it("only 410 says that nothing is wanted any more", () => {
  const isGone = (status: number) => failureOfAnswer(answer(status), { wrongRequest: "retry" });
  expect(isGone(410)).toMatchObject({ gone: true });
  expect(isGone(403)).toMatchObject({ gone: false });
});

it("a peer is called again when it says, in seconds or by date", () => {
  const failure = failureOfAnswer(answer(429, { "retry-after": "30" }), { wrongRequest: "retry" });
  expect(failure).toMatchObject({ retryAfterSeconds: 30 });
  const now = new Date("2026-03-02T10:00:00Z");
  expect(retryAfterSeconds("Mon, 02 Mar 2026 10:02:00 GMT", now)).toBe(120);
  expect(retryAfterSeconds("Mon, 02 Mar 2026 09:00:00 GMT", now)).toBe(0);
  expect(retryAfterSeconds("99999999999", now)).toBe(86_400);
  for (const nothing of [undefined, "", "soon", "-5"])
    expect(retryAfterSeconds(nothing, now), nothing).toBeUndefined();
});
