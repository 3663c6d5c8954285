import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
}

/** What goes wrong with a request. */
export type Fault =
  | PeerAnswer
  /** The connection breaks before anything is done. */
  | "drop"
  /** It is done, but the connection breaks before the answer. */
  | "drop the answer"
  /** Nothing is done and nothing is answered. */
  | "hang";

export interface FaultyServer {
  readonly url: string;
  /** All that came in, in order. */
  readonly requests: PeerRequest[];
  /** The next request whose `METHOD /path` matches goes wrong, `after` so many that do not; several wait for one each. */
  failNext(request: RegExp, fault: Fault, after?: number): void;
  close(): Promise<void>;
}

/** A real HTTP server whose requests can be made to fail, around the peer that `answer` is. */
export async function startFaultyServer(answer: (request: PeerRequest) => PeerAnswer): Promise<FaultyServer> {
  const requests: PeerRequest[] = [];
  const faults: { request: RegExp; fault: Fault; after: number }[] = [];

  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(request);
    const fault = faultOf(request);
    if (fault === "hang") return;
    if (fault === "drop") {
      response.destroy();
      return;
    }
    if (fault === "drop the answer") {
      answer(request);
      response.destroy();
      return;
    }
    send(response, fault ?? answer(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    failNext: (request, fault, after = 0) => faults.push({ request, fault, after }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  function faultOf({ method, path }: PeerRequest): Fault | undefined {
    const index = faults.findIndex(({ request }) => request.test(`${method} ${path}`));
    if (index === -1) return undefined;
    if (faults[index]!.after > 0) {
      faults[index]!.after -= 1;
      return undefined;
    }
    return faults.splice(index, 1)[0]!.fault;
  }
}

async function read(incoming: IncomingMessage): Promise<PeerRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const url = new URL(incoming.url!, "http://peer");
  return {
    method: incoming.method!,
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, headers, body }: PeerAnswer): void {
  const isText = typeof body === "string";
  const type = isText ? "text/html" : "application/json;charset=UTF-8";
  response.writeHead(status, { ...(body !== undefined && { "content-type": type }), ...headers });
  response.end(body === undefined || isText ? body : JSON.stringify(body));
}
