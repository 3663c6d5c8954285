import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerOf, refusalOf, sendAnswer } from "./answer.ts";
import type { Api } from "./api.ts";
import type { Claims } from "./auth/claims.ts";
import { ApiError } from "./errors.ts";
import { assertJson, chooseMediaType, GRAPHQL_RESPONSE } from "./http/media-types.ts";
import { readBody, readUrl } from "./http/parameters.ts";
import { LIMITS } from "./limits/limits.ts";

const PATH = "/graphql";
const STATEMENT_TIMEOUT_MS = 10_000;

/** Who asks, and in what the answer shall be. */
type Caller = { mediaType: string; claims: Claims };

/** GraphQL over HTTP, as its specification says: https://graphql.github.io/graphql-over-http/draft/ */
export async function graphqlRoutes(app: FastifyInstance, { api }: { api: Api }): Promise<void> {
  // Bodies come as they are: documents must keep their numbers, which Fastify's parser would round.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.setErrorHandler((error, request, reply) =>
    sendAnswer(reply, refusalOf(error, request), GRAPHQL_RESPONSE),
  );

  const callers = new WeakMap<FastifyRequest, Caller>();
  app.route({
    method: ["GET", "POST"],
    url: PATH,
    bodyLimit: LIMITS.body,
    // Before the body: nobody's is read who may not ask.
    onRequest: async (request) => {
      const mediaType = chooseMediaType(request.headers.accept);
      const claims = await api.authenticate(request.headers.authorization);
      if (request.method === "POST") assertJson(request.headers["content-type"]);
      callers.set(request, { mediaType, claims });
    },
    handler: (request, reply) => handle(api, callers.get(request)!, request, reply),
  });
  app.route({
    method: ["PUT", "PATCH", "DELETE", "OPTIONS"],
    url: PATH,
    handler: async () => {
      throw new ApiError("METHOD_NOT_ALLOWED", "send GET or POST", { headers: { allow: "GET, HEAD, POST" } });
    },
  });
}

/** The same for those who are to be answered the same. */
function kindOf({ method, url, body }: FastifyRequest, { account, timeZone }: Claims): string {
  return [account, timeZone, method, url, body].join(" ");
}

async function handle(
  api: Api,
  { mediaType, claims }: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const isPost = request.method === "POST";
    const parameters = isPost
      ? readBody((request.body as Buffer | undefined) ?? Buffer.alloc(0))
      : readUrl(request.url.split("?")[1] ?? "");
    const run = (begin?: () => void) =>
      api.gate.run(claims.account, async () => {
        const [execute, settings] = await Promise.all([
          api.execute(),
          api.settingsOf(claims, STATEMENT_TIMEOUT_MS),
        ]);
        begin?.();
        return execute({ parameters, claims, settings, mayMutate: isPost });
      });
    // What an analyst asks changes nothing, so a dashboard that many look at is computed once for all who wait.
    const result = await (claims.role === "analyst" ? api.reads.run(kindOf(request, claims), run) : run());
    return sendAnswer(reply, answerOf(result, request, claims.role), mediaType);
  } catch (error) {
    return sendAnswer(reply, refusalOf(error, request, claims.role), GRAPHQL_RESPONSE);
  }
}
