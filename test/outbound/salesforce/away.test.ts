import { describe, expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { deliveryOf, exampleOf } from "../deliveries.ts";
import { useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const down = (code: string, retryAfterSeconds?: number) => ({
  name: "DestinationDown",
  code,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});

describe("API limits", () => {
  it("wait long before more is asked of an org that has used up its calls", async () => {
    salesforce.peer().usage.used = salesforce.peer().usage.limit;
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA089", 900));
  });

  it("leave the last calls to others, and ask how things stand after a pause", async () => {
    salesforce.peer().usage.used = 14_000;
    await chatEnded({ PurposeChatEnd: 0 });
    const calls = salesforce.peer().requests.length;
    salesforce.pass(60);
    await expect(chatEnded({ PurposeChatEnd: 1 })).rejects.toMatchObject({
      ...down("PA089", 840),
      message: "93 % of the org's API calls of 24 hours are used up",
    });
    expect(salesforce.peer().requests).toHaveLength(calls);

    salesforce.peer().usage.used = 2_000;
    salesforce.pass(840);
    await chatEnded({ PurposeChatEnd: 1 });
    await chatEnded({ PurposeChatEnd: 2 });
    expect(salesforce.peer().records.Task).toHaveLength(1);
  });

  it("wait shortly for calls at once to end", async () => {
    const message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
    salesforce
      .peer()
      .failNext(/PATCH/, { status: 403, body: [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message }] });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA089", 30));
  });

  it.each([429, 503])("wait as long as a %i says", async (status) => {
    salesforce.peer().failNext(/PATCH/, { status, headers: { "retry-after": "77" } });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA070", 77));
  });
});

describe("a peer that is not what it should be", () => {
  it("has its API switched off", async () => {
    const body = [{ errorCode: "API_DISABLED_FOR_ORG", message: "API is not enabled for this Organization" }];
    salesforce.peer().failNext(/describe/, { status: 403, body });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA088"));
  });

  it("answers with a page", async () => {
    salesforce.peer().failNext(/describe/, { status: 404, body: "<html>Down for maintenance</html>" });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA085"));
  });

  it("redirects, which is not followed", async () => {
    const headers = { location: "https://elsewhere.example.com/" };
    salesforce.peer().failNext(/describe/, { status: 302, headers });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA073"));
  });

  it("names an instance, to which nothing is sent, that cannot be called", async () => {
    const body = { access_token: "t", instance_url: "not a url" };
    salesforce.peer().failNext(/token/, { status: 200, body });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject(down("PA088"));
  });

  it.each(["drop", "drop the answer"] as const)(
    "%s: the attempt fails, jsforce does not repeat it",
    async (fault) => {
      salesforce.peer().failNext(/describe/, fault);
      await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({ code: "PA070" });
      expect(salesforce.peer().requests.filter(({ path }) => path.endsWith("describe"))).toHaveLength(1);
    },
  );
});

describe("an attempt that is aborted", () => {
  it.each([/token/, /describe/, /PATCH/])("while it waits for %s, ends at once", async (request) => {
    salesforce.peer().failNext(request, "hang");
    const controller = new AbortController();
    const data = exampleOf("chat.ended", { Salesforce: { PurposeChatEnd: 0 } });
    const delivered = salesforce.deliver(deliveryOf("chat.ended", data), {}, { signal: controller.signal });
    const outcome = delivered.catch((error: unknown) => error);
    await until("the peer has got it", () =>
      salesforce.peer().requests.some(({ method, path }) => request.test(`${method} ${path}`)),
    );
    const reason = new Error("out of time");
    controller.abort(reason);
    expect(await outcome).toBe(reason);
  });

  it("takes no other with it that waits for the same", async () => {
    const describes = () => salesforce.peer().requests.filter(({ path }) => path.endsWith("describe")).length;
    const hangs = new AbortController();
    const data = exampleOf("chat.ended", { Salesforce: { PurposeChatEnd: 0 } });
    salesforce.peer().failNext(/describe/, "hang");
    const first = salesforce
      .deliver(deliveryOf("chat.ended", data, "first"), {}, { signal: hangs.signal })
      .catch((error: unknown) => error);
    const second = salesforce.deliver(deliveryOf("chat.ended", data, "second"));
    await until("both have asked what a case is", () => describes() === 2);
    hangs.abort(new Error("out of time"));
    await Promise.all([first, second]);
    expect(salesforce.peer().records.Case).toMatchObject([{ Parley_Delivery_Id__c: "second-Case" }]);
  });
});
