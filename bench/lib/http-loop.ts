import * as http from "node:http";
import { now } from "./clock.ts";

interface Load {
  url: string;
  clients: number;
  /** Whichever comes first. */
  requests: number;
  seconds?: number;
  /** The n-th one. */
  request: (n: number) => Request;
}

interface Request {
  headers: Record<string, string>;
  body: string;
}

export interface Answer {
  /** 0: the connection was lost. */
  status: number;
  /** Not as text, nor in one piece: those who only ask are not to work for large answers. */
  chunks: Buffer[];
}

/** What an answer says. */
export const textOf = ({ chunks }: Answer): string => Buffer.concat(chunks).toString();

/** Each client, with a connection that is kept, posts its next request as soon as the last one is answered. */
export async function httpLoop(load: Load, check: (answer: Answer) => void) {
  const { url, clients, requests, seconds = Number.POSITIVE_INFINITY, request } = load;
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const ms: number[] = [];
  let sent = 0;
  const startedAt = now();
  try {
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (sent < requests && now() - startedAt < seconds * 1000) {
          const askedAt = now();
          const answer = await post(url, agent, request(sent++));
          ms.push(now() - askedAt);
          check(answer);
        }
      }),
    );
  } finally {
    agent.destroy();
  }
  return { perSecond: sent / ((now() - startedAt) / 1000), ms };
}

function post(url: string, agent: http.Agent, { headers, body }: Request): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const lost = (error: Error) => resolve({ status: 0, chunks: [Buffer.from(error.message)] });
  const asked = http.request(url, {
    agent,
    method: "POST",
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
  });
  asked.on("error", lost).on("response", (response) => {
    const chunks: Buffer[] = [];
    response
      .on("data", (chunk) => chunks.push(chunk))
      .on("error", lost)
      .on("end", () => resolve({ status: response.statusCode!, chunks }));
  });
  asked.end(body);
  return promise;
}
