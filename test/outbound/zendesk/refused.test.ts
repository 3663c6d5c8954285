import { describe, expect, it } from "vitest";
import { useZendesk } from "./use-zendesk.ts";

const zendesk = useZendesk();
const { chatEnded } = zendesk;
const CREATE = /POST .*tickets/;

describe("data that Zendesk refuses is rejected with its words for it, without the values", () => {
  it("a field that is not valid", async () => {
    const details = {
      requester: [{ description: "Requester: daryna.koval@example.com is suspended", error: "InvalidValue" }],
      base: [{ description: "Order 88214: is too short", error: "BlankValue" }, { description: "?" }],
    };
    const body = { error: "RecordInvalid", description: "Record validation errors", details };
    zendesk.peer().failNext(CREATE, { status: 422, body });
    await expect(chatEnded()).rejects.toMatchObject({
      name: "Reject",
      code: "PA090",
      message: "Zendesk refused it (422): RecordInvalid (requester: InvalidValue; base: BlankValue)",
    });
  });

  it("a request that is malformed, or too large", async () => {
    const body = { error: { title: "Invalid attribute", message: "daryna.koval@example.com" } };
    zendesk.peer().failNext(CREATE, { status: 400, body });
    await expect(chatEnded()).rejects.toMatchObject({
      name: "Reject",
      message: "Zendesk refused it (400): Invalid attribute",
    });
    zendesk.peer().failNext(CREATE, { status: 413, body: "<html>daryna</html>" });
    await expect(chatEnded()).rejects.toMatchObject({
      name: "Reject",
      message: "Zendesk refused it (413): no reason given",
    });
  });

  it("an event that is none, before anything is called", async () => {
    await expect(chatEnded({}, { ChatId: null })).rejects.toMatchObject({ name: "Reject", code: "PA020" });
    expect(zendesk.peer().requests).toEqual([]);
  });
});

describe("what passes is tried again", () => {
  it("a conflict with another change", async () => {
    zendesk.peer().failNext(CREATE, { status: 409, body: { error: "DatabaseConflict" } });
    await expect(chatEnded()).rejects.toMatchObject({ name: "CallFailed", code: "PA073" });
  });

  it("an error within Zendesk", async () => {
    zendesk.peer().failNext(CREATE, { status: 500, body: "oops" });
    await expect(chatEnded()).rejects.toMatchObject({ name: "CallFailed", code: "PA073" });
  });
});
