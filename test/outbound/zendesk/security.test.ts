import { describe, expect, it } from "vitest";
import { createHttpClient } from "../../../src/outbound/http/client.ts";
import { zendeskAdapter } from "../../../src/outbound/zendesk/adapter.ts";
import { zendeskSecrets, zendeskSettings } from "../../../src/outbound/zendesk/settings.ts";
import { attempt, deliverBy, deliveryOf, exampleOf } from "../deliveries.ts";
import { everythingOf } from "../everything-of.ts";
import { useZendesk } from "./use-zendesk.ts";

const zendesk = useZendesk();
const { chatEnded, offlineMessage } = zendesk;

describe("what a visitor types", () => {
  it("is no placeholder that Zendesk fills in", async () => {
    const typed = "{{ticket.requester.email}} {{{dc.secret}}} {% if true %}";
    await offlineMessage({ continueTickets: false }, { Title: typed, Content: typed });
    const [ticket] = zendesk.peer().tickets;
    for (const text of [ticket!.subject, ticket!.comments[0]!.body]) {
      expect(text).not.toMatch(/\{\{|\{%/);
      expect(String(text).replaceAll("\u200b", "")).toContain(typed);
    }
  });

  it("is no query for other users", async () => {
    const victim = zendesk.peer().addUser({ name: "Victim", email: "victim@example.com" });
    for (const PreChatEmail of [
      'x" OR email:"victim@example.com',
      "*@example.com",
      'a"role:admin"@example.com',
    ]) {
      await chatEnded({}, { PreChatEmail, Visitor: null, ChatId: PreChatEmail });
    }
    for (const ticket of zendesk.peer().tickets) expect(ticket.requester_id).not.toBe(victim.id);
  });

  it("is no path to other tickets", async () => {
    await chatEnded({}, { IfNewTicket: false, TicketId: "1/../../users/1" });
    expect(zendesk.peer().requests.some(({ path }) => path.includes("users/1"))).toBe(false);
  });
});

describe("where credentials are sent to", () => {
  const settings = zendeskSettings([]);

  it("is a subdomain of Zendesk", () => {
    expect(settings.safeParse({ subdomain: "acme" }).success).toBe(true);
    expect(settings.safeParse({}).success).toBe(false);
  });

  it.each(["acme.evil.example/", "evil.example#", "acme@evil.example", "a/b", "-acme", "", "acme:8080"])(
    "is nothing that leads elsewhere: %s",
    (subdomain) => {
      expect(settings.safeParse({ subdomain }).success).toBe(false);
    },
  );

  it("is no server of one's own, unless private addresses are allowed", () => {
    expect(settings.safeParse({ endpoint: "https://127.0.0.1" }).success).toBe(false);
    expect(zendeskSettings(["127.0.0.0/8"]).safeParse({ endpoint: "http://127.0.0.1" }).success).toBe(true);
  });

  it.each([
    "https://evil.example",
    "https://8.8.8.8",
    "https://localhost",
    "http://10.0.0.1",
    "http://a@127.0.0.1",
  ])("is not %s, though some private addresses are allowed", (endpoint) => {
    expect(zendeskSettings(["127.0.0.0/8"]).safeParse({ endpoint }).success).toBe(false);
  });

  it("is no other server that a list names as its next page", async () => {
    const ticket = zendesk.peer().addTicket({});
    const next_page = `http://localhost.example.com/?from=${zendesk.peer().url}/api/v2`;
    zendesk.peer().failNext(/audits/, { status: 200, body: { audits: [], next_page } });
    const delivered = chatEnded({}, { IfNewTicket: false, TicketId: String(ticket.id) });
    await expect(delivered).rejects.toThrow("Zendesk names another server");
  });

  it("is checked when it is connected to, whatever the settings say", async () => {
    const http = createHttpClient({ privateAddresses: ["10.0.0.0/8"] });
    const adapter = zendeskAdapter(http);
    const destination = {
      id: 8,
      accountId: 1001,
      name: "our Zendesk",
      settings: zendeskSettings(["127.0.0.0/8"]).parse({ endpoint: zendesk.peer().url }),
      secrets: { oauthToken: "t" },
    };
    const delivered = deliverBy(
      adapter,
      deliveryOf("chat.ended", exampleOf("chat.ended")),
      destination,
      attempt(),
    );
    await expect(delivered).rejects.toMatchObject({ name: "DestinationDown", code: "PA071" });
    expect(zendesk.peer().requests).toEqual([]);
    await http.close();
  });
});

describe("secrets", () => {
  it("are an agent's API token or a token of OAuth", () => {
    expect(zendeskSecrets.safeParse({ email: "a@b.c", apiToken: "t" }).success).toBe(true);
    expect(zendeskSecrets.safeParse({ oauthToken: "t" }).success).toBe(true);
    expect(zendeskSecrets.safeParse({ email: "a@b.c" }).success).toBe(false);
  });

  it("and customers' data are in no error, log or receipt", async () => {
    const { agent } = zendesk.peer();
    const outcomes: unknown[] = [];
    const outcome = async (promise: Promise<unknown>) => {
      outcomes.push(await promise.catch((error: unknown) => error));
    };
    await outcome(chatEnded());
    const details = {
      "daryna.koval@example.com": [{ description: "daryna.koval@example.com", error: "x@daryna" }],
    };
    zendesk.peer().failNext(/GET/, { status: 422, body: { error: "RecordInvalid", details } });
    await outcome(chatEnded());
    zendesk.peer().failNext(/GET/, { status: 401, body: { error: `not you, ${agent.apiToken}` } });
    await outcome(chatEnded());
    zendesk.peer().failNext(/GET/, "drop");
    await outcome(chatEnded());
    expect(outcomes.filter((one) => one instanceof Error)).toHaveLength(3);

    const shown = outcomes.map(everythingOf).join("\n");
    const basic = Buffer.from(`${agent.email}/token:${agent.apiToken}`).toString("base64");
    for (const secret of [agent.apiToken, basic, "daryna", "Дарина"]) expect(shown).not.toContain(secret);
  });
});
