import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { CERTIFICATE, KEY } from "./certificate.ts";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on this machine that keeps what it was sent and answers as the test says, until the test has finished. */
export async function httpPeer(
  answer: Answer = (_request, response) => void response.end(),
  { tls = false } = {},
): Promise<{ url: string; port: number; received: ReceivedRequest[]; connections: () => number }> {
  const received: ReceivedRequest[] = [];
  let connections = 0;
  const listener: RequestListener = async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const seen = { method, path, headers, body: await text(request) };
    received.push(seen);
    await answer(seen, response);
  };
  const server = tls ? createTlsServer({ key: KEY, cert: CERTIFICATE }, listener) : createServer(listener);
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
  };
}
