import { describe, expect, it } from "vitest";
import { deliveryOf, exampleOf } from "../deliveries.ts";
import { useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const TOKEN = /oauth2\/token/;

const deliverWith = (secrets: Record<string, string>, settings = {}) =>
  salesforce.deliver(
    deliveryOf("chat.ended", exampleOf("chat.ended", { Salesforce: { PurposeChatEnd: 0 } })),
    settings,
    { secrets },
  );
const grants = () =>
  salesforce
    .peer()
    .requests.filter(({ path }) => TOKEN.test(path))
    .map(({ body }) => new URLSearchParams(body.toString()).get("grant_type"));

describe("logging in", () => {
  it("by a refresh token", async () => {
    const { clientId, clientSecret, refreshToken } = salesforce.peer().app;
    await deliverWith({ clientId, clientSecret, refreshToken });
    expect(grants()).toEqual(["refresh_token"]);
  });

  it("by the app's own credentials", async () => {
    const { clientId, clientSecret } = salesforce.peer().app;
    await deliverWith({ clientId, clientSecret });
    expect(grants()).toEqual(["client_credentials"]);
  });

  it("by a user's name and password", async () => {
    const { clientId, clientSecret, username, password } = salesforce.peer().app;
    await deliverWith({ clientId, clientSecret, username, password });
    expect(grants()).toEqual(["password"]);
  });

  it("happens once for all deliveries, also for those at once", async () => {
    const one = (id: string) =>
      salesforce.deliver(
        deliveryOf("chat.ended", exampleOf("chat.ended", { Salesforce: { PurposeChatEnd: 0 } }), id),
      );
    await Promise.all([one("a"), one("b"), one("c")]);
    await one("d");
    expect(grants()).toHaveLength(1);
  });

  it("happens again when the secrets have changed", async () => {
    const { clientId, clientSecret, refreshToken } = salesforce.peer().app;
    await deliverWith({ clientId, clientSecret, refreshToken });
    await deliverWith({ clientId, clientSecret });
    expect(grants()).toEqual(["refresh_token", "client_credentials"]);
  });

  it("happens again, within the attempt, when the session has expired", async () => {
    await chatEnded({ PurposeChatEnd: 0 });
    salesforce.peer().expireSessions();
    await chatEnded({ PurposeChatEnd: 5 });
    expect(salesforce.peer().records.Task).toHaveLength(1);
    expect(grants()).toHaveLength(2);
  });

  it("happens once for attempts at once that find the session expired", async () => {
    await chatEnded({ PurposeChatEnd: 0 });
    salesforce.peer().expireSessions();
    await Promise.all([chatEnded({ PurposeChatEnd: 0 }), chatEnded({ PurposeChatEnd: 1 })]);
    expect(grants()).toHaveLength(2);
  });

  it("happens no third time: a new session that is not taken either is the org's fault", async () => {
    const refused = { status: 401, body: [{ errorCode: "INVALID_SESSION_ID", message: "Session expired" }] };
    salesforce.peer().failNext(/describe/, refused);
    salesforce.peer().failNext(/describe/, refused);
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "DestinationDown",
      code: "PA088",
    });
    expect(grants()).toHaveLength(2);
  });

  it.each([
    { what: "a wrong secret", secrets: { clientSecret: "wrong" }, says: "invalid_client" },
    { what: "a wrong app", secrets: { clientId: "wrong" }, says: "invalid_client_id" },
    { what: "a wrong refresh token", secrets: { refreshToken: "wrong" }, says: "invalid_grant" },
  ])("is refused for $what: the destination is down", async ({ secrets, says }) => {
    const { clientId, clientSecret, refreshToken } = salesforce.peer().app;
    await expect(deliverWith({ clientId, clientSecret, refreshToken, ...secrets })).rejects.toMatchObject({
      name: "DestinationDown",
      code: "PA088",
      message: `Salesforce refuses the login: ${says}`,
    });
  });

  it("is tried again by the next delivery after it failed", async () => {
    salesforce.peer().failNext(TOKEN, { status: 503 });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({ name: "DestinationDown" });
    await chatEnded({ PurposeChatEnd: 0 });
    expect(salesforce.peer().records.Case).toHaveLength(1);
  });
});
