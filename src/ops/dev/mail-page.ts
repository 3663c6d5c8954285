import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import mustache from "mustache";
import { isFromHere } from "../../api/explorer.ts";
import type { MailSink, SunkMail } from "./mail-sink.ts";

const PATH = "/dev/mail";

/** Nothing of a mail runs, nothing is fetched, nothing leaves its frame. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; sandbox";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'";

type OfMail = { Params: { id: string } };
type OfAttachment = { Params: { id: string; index: string } };

/** The mails of the sink as pages, for whoever sits at this machine. */
export async function mailPages(app: FastifyInstance, { sink }: { sink: MailSink }): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "cache-control": "no-store",
      "content-security-policy": PAGE_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    if (!isFromHere(request)) return reply.code(403).send({ error: { message: "only from this machine" } });
  });

  app.get(PATH, async (_request, reply) => {
    return sendPage(reply, LIST, { port: sink.port, mails: sink.mails().map(summary) });
  });

  app.get<OfMail>(`${PATH}/:id`, async (request, reply) => {
    const found = find(request);
    if (!found) return reply.callNotFound();
    const { mail } = found;
    return sendPage(reply, ONE, {
      ...summary(found),
      hasHtml: mail.html !== undefined,
      text: mail.text ?? "",
      attachments: mail.attachments.map(({ filename, content }, index) => ({
        index,
        name: filename ?? "attachment",
        bytes: bytesOf(content).length,
      })),
    });
  });

  app.get<OfMail>(`${PATH}/:id/html`, async (request, reply) => {
    const html = find(request)?.mail.html;
    if (html === undefined) return reply.callNotFound();
    return reply.header("content-security-policy", MAIL_POLICY).type("text/html; charset=utf-8").send(html);
  });

  app.get<OfMail>(`${PATH}/:id/source`, async (request, reply) => {
    const found = find(request);
    if (!found) return reply.callNotFound();
    return reply.type("text/plain; charset=utf-8").send(found.source);
  });

  app.get<OfAttachment>(`${PATH}/:id/attachments/:index`, async (request, reply) => {
    const attachment = find(request)?.mail.attachments[Number(request.params.index)];
    if (!attachment) return reply.callNotFound();
    const name = encodeURIComponent(attachment.filename ?? "attachment");
    return reply
      .header("content-disposition", `attachment; filename*=UTF-8''${name}`)
      .type("application/octet-stream")
      .send(bytesOf(attachment.content));
  });

  function find({ params }: FastifyRequest<OfMail>): SunkMail | undefined {
    return sink.find(Number(params.id));
  }
}

function summary({ id, receivedAt, from, to, mail }: SunkMail): object {
  return {
    id,
    at: receivedAt.toISOString(),
    from,
    to: to.join(", "),
    subject: mail.subject || "(no subject)",
  };
}

function bytesOf(content: ArrayBuffer | Uint8Array | string): Buffer {
  return typeof content === "string" ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
}

function sendPage(reply: FastifyReply, template: string, view: object): FastifyReply {
  return reply.type("text/html; charset=utf-8").send(mustache.render(template, view, { head: HEAD }));
}

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley: mails</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #7676 }
iframe { width: 100%; height: 36rem; border: 1px solid #767676; background: #fff }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #767676; padding: .8rem }
</style>
`;

const LIST = `{{> head}}
<h1>Mails</h1>
<p>What the mail server at 127.0.0.1:{{port}} (no encryption) was given. It sends nothing on, and keeps the last 200.</p>
{{^mails.length}}<p>None yet.</p>{{/mails.length}}
<table>
{{#mails}}
<tr><td>{{at}}</td><td><a href="${PATH}/{{id}}" dir="auto">{{subject}}</a></td><td>{{to}}</td></tr>
{{/mails}}
</table>
`;

const ONE = `{{> head}}
<p><a href="${PATH}">All mails</a></p>
<h1 dir="auto">{{subject}}</h1>
<p>{{at}}<br>From: {{from}}<br>To: {{to}}<br><a href="${PATH}/{{id}}/source">Source</a></p>
{{#attachments}}
<p>Attached: <a href="${PATH}/{{id}}/attachments/{{index}}" dir="auto">{{name}}</a> ({{bytes}} bytes)</p>
{{/attachments}}
{{#hasHtml}}<iframe sandbox title="HTML" src="${PATH}/{{id}}/html"></iframe>{{/hasHtml}}
<pre dir="auto">{{text}}</pre>
`;
