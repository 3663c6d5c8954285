import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Received {
  id: string;
  eventId: number;
  key: string | null;
  attempt: number;
  data: { n: number };
  token: string;
  /** By the clock of this machine. */
  at: number;
}

export interface Receiver {
  url: string;
  port: number;
  /** What it was sent, whatever it answered. */
  received: Received[];
  /** What it took: answered 200. */
  taken: Received[];
  /** Requests under way at the most. */
  most: number;
  close(): Promise<void>;
}

type Answer = (
  request: Received,
  response: ServerResponse,
) => number | undefined | Promise<number | undefined>;

/** A real server on this machine; `answer` says with which status, undefined: it answers by itself, or never. */
export async function receiver(answer: Answer = () => 200, port = 0): Promise<Receiver> {
  let underWay = 0;
  const server = createServer(async (request, response) => {
    const now = Date.now();
    peer.most = Math.max(peer.most, ++underWay);
    response.once("close", () => underWay--);
    const delivery: Received = {
      ...JSON.parse(await text(request)),
      token: String(request.headers["x-token"]),
      at: now,
    };
    peer.received.push(delivery);
    const status = await answer(delivery, response);
    if (status === undefined || response.destroyed) return;
    if (status === 200) peer.taken.push(delivery);
    response.writeHead(status).end(`answer ${status}`);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  const address = server.address() as AddressInfo;
  const peer: Receiver = {
    url: `http://127.0.0.1:${address.port}/`,
    port: address.port,
    received: [],
    taken: [],
    most: 0,
    close,
  };
  return peer;
}

/** A port of this machine on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
