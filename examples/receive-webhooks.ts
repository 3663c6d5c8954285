import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET!); // whsec_..., as addWebhookEndpoint showed it
const seen = new Set<string>(); // in earnest a table with the id as its key, written with what the event changes

createServer(async (request, response) => {
  const body = await text(request); // signed are the bytes as they came: verify before anything parses them
  try {
    webhook.verify(body, request.headers as Record<string, string>); // also refuses what is older than five minutes
  } catch {
    response.writeHead(400).end("wrong signature");
    return;
  }
  const id = String(request.headers["webhook-id"]); // the same each time this event is posted to this endpoint
  if (!seen.has(id)) {
    seen.add(id);
    const { type, data } = JSON.parse(body);
    process.stdout.write(`${type} of site ${data.SiteId}\n`);
  }
  response.writeHead(204).end(); // at once: what takes longer is done after the answer
}).listen(Number(process.env.PORT ?? 8080));
