import { describe, expect, it } from "vitest";
import { until } from "../../setup/until.ts";
import { deliveryOf, exampleOf } from "../deliveries.ts";
import { useZendesk } from "./use-zendesk.ts";

const zendesk = useZendesk();
const { chatEnded } = zendesk;
const down = (code: string, retryAfterSeconds?: number) => ({
  name: "DestinationDown",
  code,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});

describe("rate limits", () => {
  it("wait as long as a 429 says", async () => {
    zendesk.peer().calls.made = zendesk.peer().calls.limit;
    await expect(chatEnded()).rejects.toMatchObject(down("PA092", 41));
  });

  it("wait a minute where a 429 does not say", async () => {
    zendesk.peer().failNext(/GET/, { status: 429, body: {} });
    await expect(chatEnded()).rejects.toMatchObject(down("PA092", 60));
  });

  it("leave the last calls of a minute to others, until they are counted anew", async () => {
    zendesk.peer().calls.made = 670;
    await chatEnded();
    const calls = zendesk.peer().requests.length;
    zendesk.pass(11);
    await expect(chatEnded()).rejects.toMatchObject({
      ...down("PA092", 30),
      message: "96 % of this minute's calls are used up",
    });
    expect(zendesk.peer().requests).toHaveLength(calls);

    zendesk.pass(30);
    zendesk.peer().calls.made = 0;
    await chatEnded();
  });

  it("are those of one destination, not of others", async () => {
    zendesk.peer().calls.made = 670;
    await chatEnded();
    zendesk.restart();
    await chatEnded();
  });
});

describe("a peer that is away", () => {
  it.each([401, 403])("refuses us (%i)", async (status) => {
    zendesk.peer().failNext(/GET/, { status, body: { error: "Couldn't authenticate you" } });
    await expect(chatEnded()).rejects.toMatchObject(down("PA091"));
  });

  it("refuses a wrong token", async () => {
    const delivery = deliveryOf("chat.ended", exampleOf("chat.ended"));
    const delivered = zendesk.deliver(delivery, {}, { secrets: { oauthToken: "wrong" } });
    await expect(delivered).rejects.toMatchObject(down("PA091"));
    await zendesk.deliver(delivery, {}, { secrets: { oauthToken: zendesk.peer().agent.oauthToken } });
    expect(zendesk.peer().tickets).toHaveLength(1);
  });

  it.each([502, 503, 504])("has somebody else answer (%i)", async (status) => {
    zendesk.peer().failNext(/GET/, { status, headers: { "retry-after": "77" } });
    await expect(chatEnded()).rejects.toMatchObject(down("PA070", 77));
  });

  it("redirects, which is not followed", async () => {
    zendesk.peer().failNext(/GET/, { status: 302, headers: { location: "https://elsewhere.example.com/" } });
    await expect(chatEnded()).rejects.toMatchObject(down("PA073"));
  });

  it.each(["drop", "drop the answer"] as const)("%s: the attempt fails, nobody repeats it", async (fault) => {
    zendesk.peer().failNext(/GET/, fault);
    await expect(chatEnded()).rejects.toMatchObject({ code: "PA070" });
    expect(zendesk.peer().requests).toHaveLength(1);
  });
});

describe("an attempt that is aborted", () => {
  it.each([/GET .*tickets/, /POST .*users/, /POST .*tickets/, /PUT/])(
    "while it waits for %s, ends at once",
    async (request) => {
      zendesk.peer().failNext(request, "hang");
      const controller = new AbortController();
      const delivery = deliveryOf("chat.ended", exampleOf("chat.ended"));
      const outcome = zendesk
        .deliver(delivery, {}, { signal: controller.signal })
        .catch((error: unknown) => error);
      await until("the peer has got it", () =>
        zendesk.peer().requests.some(({ method, path }) => request.test(`${method} ${path}`)),
      );
      const reason = new Error("out of time");
      controller.abort(reason);
      expect(await outcome).toBe(reason);
    },
  );
});
