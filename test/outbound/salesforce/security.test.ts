import { describe, expect, it } from "vitest";
import { createHttpClient } from "../../../src/outbound/http/client.ts";
import { salesforceAdapter } from "../../../src/outbound/salesforce/adapter.ts";
import { soqlText } from "../../../src/outbound/salesforce/org.ts";
import { salesforceSecrets, salesforceSettings } from "../../../src/outbound/salesforce/settings.ts";
import { attempt, deliverBy, deliveryOf, exampleOf } from "../deliveries.ts";
import { everythingOf } from "../everything-of.ts";
import { soqlMatches } from "../peers/soql.ts";
import { fields, useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;

describe("text of a visitor in SOQL", () => {
  it.each([
    "a' OR Name != '",
    "a'OR(Name!='')OR'@example.com",
    "a\\'OR\\tName\\t!=\\t\\'@example.com",
    "\\' OR Name != '",
    "o'hara@example.com",
  ])("stays text: %s", (text) => {
    const matches = soqlMatches(`Email = ${soqlText(text)}`)!;
    expect(matches({ Email: text, Name: "x" })).toBe(true);
    expect(matches({ Email: "somebody@example.com", Name: "x" })).toBe(false);
  });

  it("finds nobody else's contact", async () => {
    salesforce.peer().add("Contact", { LastName: "Victim", Email: "victim@example.com" });
    for (const PreChatEmail of [
      "a' OR LastName != '",
      "a'OR\tLastName!='@example.com",
      "x'OR'LastName'!='@b.cc",
    ]) {
      await chatEnded({ PurposeChatEnd: 1 }, {}, { PreChatEmail, Visitor: null });
    }
    for (const made of salesforce.peer().records.Case!) expect(made).not.toHaveProperty("ContactId");
  });

  it("finds the contact whose address has a quotation mark", async () => {
    const contact = salesforce.peer().add("Contact", { LastName: "O'Hara", Email: "o'hara@example.com" });
    await chatEnded({ PurposeChatEnd: 1 }, {}, { PreChatEmail: "o'hara@example.com" });
    expect(salesforce.peer().records.Case).toMatchObject([{ ContactId: contact.Id }]);
  });
});

describe("what an event cannot do", () => {
  it("choose the record that is written, by Id or external id", async () => {
    const victim = salesforce.peer().add("Case", { Subject: "Old", Parley_Delivery_Id__c: "dlv-1-1-Case" });
    const given = { Subject: "New", id: victim.Id, parley_delivery_id__C: "dlv-1-1-Case" };
    await chatEnded({ PurposeChatEnd: 0, Cases: fields(given) });
    expect(salesforce.peer().requests.at(-1)!.body.toString()).not.toContain(victim.Id);
    expect(victim.Subject).toBe("Old");
    expect(salesforce.peer().records.Case).toHaveLength(2);
  });

  it("leave the path that its record has", async () => {
    const asked = { PurposeChatEnd: 8, UpdateContact: fields({ Id: "../../query", Title: "x" }) };
    await expect(chatEnded(asked)).rejects.toMatchObject({ name: "Reject", code: "PA086" });
  });
});

describe("where credentials are sent to", () => {
  const settings = salesforceSettings([]);

  it.each([
    "https://login.salesforce.com",
    "https://test.salesforce.com",
    "https://acme.my.salesforce.com",
    "https://acme.sandbox.my.site.force.com",
  ])("may be %s", (loginUrl) => {
    expect(settings.safeParse({ loginUrl }).success).toBe(true);
  });

  it.each([
    "http://login.salesforce.com",
    "https://login.salesforce.com.evil.example",
    "https://evil.example/login.salesforce.com",
    "https://evilsalesforce.com",
    "https://login.salesforce.com@evil.example",
    "https://login.salesforce.com:8443",
    "https://127.0.0.1",
  ])("may not be %s", (url) => {
    expect(settings.safeParse({ loginUrl: url }).success).toBe(false);
    expect(settings.safeParse({ instanceUrl: url }).success).toBe(false);
  });

  it.each(["https://evil.example", "https://8.8.8.8", "https://localhost", "http://10.0.0.1"])(
    "may not be %s, though some private addresses are allowed",
    (loginUrl) => {
      expect(salesforceSettings(["127.0.0.0/8"]).safeParse({ loginUrl }).success).toBe(false);
    },
  );

  it("is checked when it is connected to, whatever the settings say", async () => {
    const http = createHttpClient({ privateAddresses: ["10.0.0.0/8"] });
    const adapter = salesforceAdapter(http);
    const destination = {
      id: 7,
      accountId: 1001,
      name: "our org",
      settings: salesforceSettings(["127.0.0.0/8"]).parse({ loginUrl: salesforce.peer().url }),
      secrets: { clientId: "id", clientSecret: "secret" },
    };
    const data = exampleOf("chat.ended");
    const delivered = deliverBy(adapter, deliveryOf("chat.ended", data), destination, attempt());
    await expect(delivered).rejects.toMatchObject({ name: "DestinationDown", code: "PA071" });
    expect(salesforce.peer().requests).toEqual([]);
    await http.close();
  });
});

describe("secrets", () => {
  it("are a secret or a refresh token, and a user's name with its password", () => {
    expect(salesforceSecrets.safeParse({ clientId: "id" }).success).toBe(false);
    expect(salesforceSecrets.safeParse({ clientId: "id", clientSecret: "s", username: "u" }).success).toBe(
      false,
    );
    expect(salesforceSecrets.safeParse({ clientId: "id", refreshToken: "r" }).success).toBe(true);
  });

  it("and customers' data are in no error, log or receipt", async () => {
    const { app } = salesforce.peer();
    const outcomes: unknown[] = [];
    const outcome = (promise: Promise<unknown>) =>
      promise.catch((error: unknown) => error).then((one) => outcomes.push(one));
    await outcome(chatEnded({ PurposeChatEnd: 4 }));
    const body = [{ errorCode: "STRING_TOO_LONG", message: "daryna.koval@example.com is too long" }];
    salesforce.peer().failNext(/PATCH/, { status: 400, body });
    await outcome(chatEnded({ PurposeChatEnd: 0 }));
    salesforce.peer().failNext(/PATCH/, "drop");
    await outcome(chatEnded({ PurposeChatEnd: 0 }));
    salesforce.peer().expireSessions();
    salesforce.peer().revoke();
    await outcome(chatEnded({ PurposeChatEnd: 0 }));
    expect(outcomes).toHaveLength(4);

    const shown = outcomes.map((one) => everythingOf(one)).join("\n");
    const tokens = salesforce.peer().requests.map(({ headers }) => headers.authorization ?? "Bearer ?");
    for (const secret of [
      ...tokens.map((token) => token.slice(7)),
      app.clientSecret,
      app.refreshToken,
      "daryna",
    ]) {
      expect(shown.includes(secret) && secret !== "?", secret).toBe(false);
    }
  });
});
