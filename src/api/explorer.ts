import type { FastifyInstance, FastifyRequest } from "fastify";
import { type RuruConfig, ruruHTML } from "ruru/server";
import { getStaticFile } from "ruru/static";

type ClientConfig = NonNullable<RuruConfig["clientConfig"]>;

const FILES = "/explorer/";

const WELCOME = `# Numbers of your account: ask, press Ctrl-Enter. The documentation is in the side bar.
{
  accounts(first: 1) { nodes { id name } }
  report(by: agent, first: 100) { nodes { name dialogsStarted firstResponseSMean } }
}
`;

/** A token for whoever sits at this machine; undefined: whoever looks brings one. */
export type DevelopmentToken = () => Promise<string>;

/** The files of Ruru, the explorer. Its page is for whoever serves `/`. */
export async function explorerFiles(app: FastifyInstance): Promise<void> {
  app.get(`${FILES}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: FILES,
      urlPath: request.url,
      acceptEncoding: request.headers["accept-encoding"],
      disallowDevAssets: true,
    });
    if (!file) return reply.callNotFound();
    return reply.headers(file.headers).send(file.content);
  });
}

export async function explorerPage(
  request: FastifyRequest,
  token: DevelopmentToken | undefined,
): Promise<string> {
  const headers =
    token && isFromHere(request)
      ? JSON.stringify({ Authorization: `Bearer ${await token()}` }, null, 2)
      : undefined;
  return ruruHTML({
    endpoint: "/graphql",
    staticPath: FILES,
    // The types want every setting, also those that have defaults.
    clientConfig: { defaultQuery: WELCOME, initialHeaders: headers, defaultHeaders: headers } as ClientConfig,
    htmlParts: { titleTag: "<title>Parley</title>" },
  });
}

/** From this machine, not through a proxy, and by a name that no other site can have given us. */
export function isFromHere({ ip, headers, hostname }: FastifyRequest): boolean {
  const isProxied = headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined;
  return (
    /^(127\.|::1$|::ffff:127\.)/.test(ip) &&
    !isProxied &&
    ["localhost", "127.0.0.1", "[::1]", "::1"].includes(hostname)
  );
}
