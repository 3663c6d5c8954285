import { describe, expect, it } from "vitest";
import { type Document, example, refusal } from "./deliver.ts";

const messageWith = (change: Document) => ({
  Messages: [{ Id: 1, SenderType: 0, Time: "2026-03-02T09:14:58Z" }, change],
});

describe("a broken chat.ended is refused with the member and what was expected", () => {
  it.each<[string, Document]>([
    ["ChatId: expected an id, text of 1 to 256 characters, but it is missing", { ChatId: undefined }],
    ["ChatId: expected an id, text of 1 to 256 characters, got text of 0 characters", { ChatId: "" }],
    ["SiteId: expected an id, a whole number from 1 to 2147483647, got 0", { SiteId: 0 }],
    ['SiteId: expected an id, a whole number from 1 to 2147483647, got "1001"', { SiteId: "1001" }],
    ['Start: expected a date, got "yesterday"', { Start: "yesterday" }],
    ['Start: expected a date, got "2026-02-30T09:00:00"', { Start: "2026-02-30T09:00:00" }],
    ['Start: expected a date, got "2026-03-02T24:00:00Z"', { Start: "2026-03-02T24:00:00Z" }],
    ['Start: expected a date, got "2026-03-02"', { Start: "2026-03-02" }],
    ['Start: expected a date, got "0001-01-01T00:00:00"', { Start: "0001-01-01T00:00:00" }],
    ['End: expected a date, got "9999-12-31T23:59:59.9999999"', { End: "9999-12-31T23:59:59.9999999" }],
    ["End: expected a date, got 1772443140", { End: 1772443140 }],
    ["End: expected a date, got null", { End: null }],
    [
      'End: expected a date not before Start, got "2026-03-02T09:14:32.51699Z"',
      { End: "2026-03-02T09:14:32.51699Z" },
    ],
    [
      "ChatType: expected one of 0 (AgentOnly), 1 (ChatbotOnly), 2 (FromChatBotToAgent), 3 (Chatbot), got 4",
      { ChatType: 4 },
    ],
    [
      'SocialMediaSource: expected one of 0 (None), 1 (Facebook), 2 (GooglePlus), got "Twitter"',
      { SocialMediaSource: "Twitter" },
    ],
    [
      "LasMessageSendBy: expected one of -1 (unknown), 0 (visitor), 1 (agent), 2 (system), got -2",
      { LasMessageSendBy: -2 },
    ],
    [
      "SessionId: expected a whole number of 64 bits, from 2^53 on as text, got 9223372036854776000",
      { SessionId: 2 ** 63 },
    ],
    [
      "PreChatDepartmentId: expected a whole number of 32 bits, got 2147483648",
      { PreChatDepartmentId: 2147483648 },
    ],
    ["AgentIds: expected a list, got 21", { AgentIds: 21 }],
    ["AgentIds[1]: expected a whole number of 32 bits, got null", { AgentIds: [21, null] }],
    ["IfEnterQueue: expected true or false, got text of 3 characters", { IfEnterQueue: "yes" }],
    ["AgentAvgResponseTime: expected a number, got true", { AgentAvgResponseTime: true }],
    ["AgentComment: expected text, got an object", { AgentComment: {} }],
    ["Messages[0]: expected an object, got null", { Messages: [null] }],
    ['Messages[1].Time: expected a date, got "noon"', messageWith({ Id: 2, SenderType: 0, Time: "noon" })],
    [
      "Messages[1].Id: expected a whole number of 32 bits, but it is missing",
      messageWith({ SenderType: 0, Time: "2026-03-02T09:14:58Z" }),
    ],
    ["CustomVariable[0].value: expected text, got 5", { CustomVariable: [{ Id: 1, value: 5 }] }],
    ["Cobrowse: expected an object, got a list of 0", { Cobrowse: [] }],
    [
      "Salesforce.Cases[0].Name: expected text, but it is missing",
      { Salesforce: { PurposeChatEnd: 0, Cases: [{}] } },
    ],
  ])("%s", (line, changes) => {
    expect(refusal("chat.ended", { ...example("chat.ended"), ...changes })).toBe(line);
  });
});

describe("the other documents", () => {
  it.each<[string, string, Document]>([
    [
      "chat.rating.submitted",
      "ChatId: expected the number of the chat, here or its GUID in ChatGuid, got 0",
      { ChatId: 0, ChatGuid: "" },
    ],
    [
      "chat.rating.submitted",
      'ratingGrade: expected a whole number of 32 bits, got "five"',
      { ratingGrade: "five" },
    ],
    [
      "chat.wrapup.submitted",
      "ChatId: expected an id, a whole number from 1 to 2147483647, got -1",
      { ChatId: -1 },
    ],
    ["chat.wrapup.submitted", "SubmitTime: expected a date, but it is missing", { SubmitTime: undefined }],
    [
      "chat.wrapup.submitted",
      "CategoryList[0]: expected a whole number of 32 bits, got 1.5",
      { CategoryList: [1.5] },
    ],
    ["agent.status.changed", 'Stauts: expected a whole number of 32 bits, got "away"', { Stauts: "away" }],
  ])("%s: %s", (name, line, changes) => {
    expect(refusal(name, { ...example(name), ...changes })).toBe(line);
  });
});

describe("the line", () => {
  it.each([
    [[], "data: expected an object, got a list of 0"],
    ["text", "data: expected an object, got text of 4 characters"],
    [null, "data: expected an object, got null"],
  ])("says that %j is no document", (data, line) => {
    expect(refusal("agent.status.changed", data)).toBe(line);
  });

  it("names the first three members and counts the others", () => {
    const line = refusal("agent.status.changed", {});
    expect(line).toMatch(/^SiteId: .+; AgentId: .+; Status: .+; and 1 more$/);
  });

  it("never shows what may be personal data", () => {
    const secret = "daryna.koval@example.com";
    const data = {
      ...example("chat.ended"),
      Start: secret,
      AgentIds: secret,
      Messages: [{ Id: secret, SenderType: secret, Time: secret, Message: { text: secret } }],
    };
    const line = refusal("chat.ended", data);
    expect(line).toContain("Start: expected a date, got text of 24 characters");
    expect(line).not.toContain(secret);
  });

  it("names a member as its sender spelled it", () => {
    const data = { ...example("chat.ended"), LasMessageSendBy: undefined, LastMessageSendBy: 9 };
    expect(refusal("chat.ended", data)).toMatch(/^LastMessageSendBy: /);
  });
});
