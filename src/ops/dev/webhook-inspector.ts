import type { FastifyInstance, FastifyRequest } from "fastify";
import type pg from "pg";
import { Webhook } from "standardwebhooks";
import { isFromHere } from "../../api/explorer.ts";
import type { SealedFor, Sealing } from "../../outbound/sealing.ts";
import { secretsAt, webhookSecrets } from "../../outbound/webhook/settings.ts";

const PATH = "/dev/webhooks";

/** Of the newest, so that a forgotten window does not fill the memory. */
const KEPT = 100;

type Received = { at: Date; name: string; type: string; id: string; verdict: string; body: string };

type Options = { pool: pg.Pool; sealing: () => Sealing };

/**
 * For development: webhooks that are posted to /dev/webhooks/NAME are verified, as a receiver would, and shown at /dev/webhooks.
 * `?answer=503` makes it fail, to see what becomes of that. Only for this machine.
 */
export async function webhookInspector(app: FastifyInstance, { pool, sealing }: Options): Promise<void> {
  const received: Received[] = [];

  // Signatures are of the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request, reply) => {
    if (!isFromHere(request)) reply.callNotFound();
  });

  app.post<{ Params: { name: string }; Querystring: { answer?: string } }>(
    `${PATH}/:name`,
    async (request, reply) => {
      const body = typeof request.body === "string" ? request.body : "";
      const verdict = await judge(request, body);
      const id = String(request.headers["webhook-id"] ?? "");
      received.unshift({ at: new Date(), name: request.params.name, type: typeOf(body), id, verdict, body });
      received.length = Math.min(received.length, KEPT);
      const status = Number(request.query.answer ?? 200);
      return reply.code(status >= 200 && status <= 599 ? status : 400).send({ received: true });
    },
  );

  app.get(PATH, async (_request, reply) =>
    reply
      .headers({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      })
      .type("text/html; charset=utf-8")
      .send(page(received)),
  );

  /** With the secrets of the endpoints that post to this path. */
  async function judge(request: FastifyRequest, body: string): Promise<string> {
    const path = request.url.split("?")[0]!;
    const { rows } = await pool.query<SealedFor & { name: string; secrets: string }>(
      `select id, account_id::float8 as "accountId", name, secrets from outbound.destinations
       where kind = 'webhook' and split_part(settings ->> 'url', '?', 1) like '%' || $1 and secrets is not null`,
      [path],
    );
    if (rows.length === 0) return "of no endpoint that is set up";
    for (const { name, secrets, ...destination } of rows) {
      const opened = webhookSecrets.parse(sealing().open(secrets, destination));
      if (secretsAt(opened, new Date()).some((secret) => isSignedWith(secret, request, body))) {
        return `signature verified: ${name}`;
      }
    }
    return "signature wrong or missing";
  }
}

function isSignedWith(secret: string, { headers }: FastifyRequest, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

function typeOf(body: string): string {
  try {
    return String(JSON.parse(body)?.type ?? "no type");
  } catch {
    return "no JSON";
  }
}

const page = (received: readonly Received[]) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Webhooks - Parley</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  article { border-top: 1px solid #ccc; padding: .5rem 0; }
  pre { background: #f4f4f4; overflow-x: auto; padding: .5rem; }
  .good { color: #07672c; } .bad { color: #a4000f; }
</style>
<h1>Webhooks</h1>
<p>What was posted to <code>${PATH}/NAME</code>, the newest first. <code>${PATH}/NAME?answer=503</code> answers that it failed.</p>
${received.length === 0 ? "<p>Nothing yet.</p>" : received.map(article).join("")}
</html>
`;

const article = ({ at, name, type, id, verdict, body }: Received) => `<article>
<p><b>${escaped(type)}</b> to ${escaped(name)} at ${at.toISOString()}, id ${escaped(id)}:
<span class="${verdict.startsWith("signature verified") ? "good" : "bad"}">${escaped(verdict)}</span></p>
<details><summary>body</summary><pre>${escaped(indented(body))}</pre></details>
</article>
`;

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
