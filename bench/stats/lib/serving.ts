import { randomBytes } from "node:crypto";
import { signToken } from "../../../src/api/auth/sign.ts";
import { Child } from "../../lib/child.ts";
import type { ServerAbout, ServerReport } from "../../processes/graphql-server.ts";
import type { Data } from "./data.ts";
import type { Endpoint } from "./graphql.ts";

const TOKEN_S = 24 * 60 * 60;

type Server = Child<ServerReport, ServerAbout>;

/** Lends a GraphQL server in a process of its own, and the token of an analyst of the largest account. */
export async function withServer<Result>(
  data: Data,
  use: (endpoint: Endpoint, server: Server) => Promise<Result>,
): Promise<Result> {
  const secret = randomBytes(32).toString("base64url");
  const server: Server = new Child("graphql-server.ts", { url: data.url, secret });
  const { url } = await server.ready;
  const token = await signToken(secret, { role: "analyst", account: data.largest, seconds: TOKEN_S });
  try {
    return await server.whileAlive(use({ url, token }, server));
  } finally {
    await server.kill();
  }
}
