import { httpLoop, textOf } from "../../lib/http-loop.ts";

/** A running server, and the token of an analyst. */
export interface Endpoint {
  url: string;
  token: string;
}

export interface Query {
  query: string;
  variables?: Record<string, unknown>;
}

interface Asking {
  clients: number;
  /** Whichever comes first. */
  requests: number;
  seconds?: number;
  /** The n-th one. */
  query: (n: number) => Query;
}

/** Not answered, or with errors. */
export class Refused extends Error {}

/** Asks over and over. A refusal is a failure: it would only be quick. */
export async function ask({ url, token }: Endpoint, { query, ...load }: Asking) {
  const headers = { authorization: `Bearer ${token}` };
  const request = (n: number) => ({ headers, body: JSON.stringify(query(n)) });
  return httpLoop({ url, ...load, request }, (answer) => {
    // Errors stand before the data.
    if (answer.status !== 200 || answer.chunks[0]?.includes('"errors":['))
      throw new Refused(`status ${answer.status}: ${textOf(answer).slice(0, 500)}`);
  });
}

/** Asks once, and returns what was answered. */
export async function askOnce<Data>({ url, token }: Endpoint, query: Query): Promise<Data> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(query),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
