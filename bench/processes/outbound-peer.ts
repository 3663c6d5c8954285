import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";

export interface PeerReport {
  /** Of each request: its path, delivery id, and when it came. */
  requests: { path: string; id: string; at: number }[];
}

/** A server that takes what it is sent, after so many milliseconds. A path that begins with /dead is never answered but cut off. */
await runAsChild(async ({ answerMs }: { answerMs: number }, tell) => {
  const requests: PeerReport["requests"] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const { url: path = "", headers } = request;
    requests.push({ path, id: String(headers["x-delivery"] ?? ""), at: now() });
    request.resume();
    if (path.startsWith("/dead")) return void request.socket.destroy();
    await sleep(answerMs);
    response.writeHead(200).end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  tell({ port: (server.address() as AddressInfo).port });
  return async () => ({ requests });
});
