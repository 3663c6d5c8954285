import { describe, expect, it } from "vitest";
import { type Document, example, refusal } from "./deliver.ts";

const AN_ID = "expected an id, a whole number from 1 to 2147483647";
const AN_INT = "expected a whole number of 32 bits";
const A_LONG = "expected a whole number of 64 bits, from 2^53 on as text";
const BAN_TYPES = "expected one of 0 (visitorId), 1 (ip), 2 (ipRange)";

/** The example with changes to the second element of a list that its first is repeated in. */
const second = (name: string, list: string, changes: Document) => {
  const [first] = example(name)[list] as Document[];
  return { [list]: [first, { ...first, ...changes }] };
};
const queued = (changes: Document) => second("chat.queued", "Messages", changes);
const conversion = (changes: Document) => second("visitor.conversion.achieved", "Logs", changes);
const agentMessage = (changes: Document) => second("agentChat.replied", "Messages", changes);
const autoInvitation = (changes: Document) => second("autoInvitation.sent", "Logs", changes);
const manualInvitation = (changes: Document) => second("manualInvitation.logged", "Logs", changes);

describe("a broken document is refused with the member and what was expected", () => {
  it.each<[string, string, Document]>([
    ["chat.queued", `SiteId: ${AN_ID}, but it is missing`, { SiteId: undefined }],
    ["chat.queued", "Messages: expected a list, got an object", { Messages: {} }],
    ["chat.queued", "Messages[1].LogTime: expected a date, got null", queued({ LogTime: null })],
    ["chat.queued", `Messages[1].NumberOfQueue: ${AN_INT}, got 1.5`, queued({ NumberOfQueue: 1.5 })],
    ["chat.queued", `Messages[1].DepartmentId: ${AN_ID}, got "sales"`, queued({ DepartmentId: "sales" })],
    ["chat.started", `SiteId: ${AN_ID}, got 0`, { SiteId: 0 }],
    ["chat.started", "ChatId: expected an id, text of 1 to 256 characters, got null", { ChatId: null }],
    [
      "chat.started",
      "ChatSource: expected one of 0 (button), 1 (autoInvitation), 2 (manualInvitation), got 3",
      { ChatSource: 3 },
    ],
    ["chat.visitor.replied", 'Time: expected a date, got "noon"', { Time: "noon" }],
    ["chat.visitor.replied", "Message: expected text, got an object", { Message: {} }],
    ["chat.agent.replied", `AgentId: ${AN_ID}, got text of 5 characters`, { AgentId: "@Wei!" }],
    ["visitor.landed", `VisitCount: ${AN_INT}, but it is missing`, { VisitCount: undefined }],
    ["visitor.landed", `CampainId: ${AN_ID}, got "spring"`, { CampainId: "spring" }],
    ["visitor.conversion.achieved", `Logs[1].ConversionId: ${AN_ID}, got 0`, conversion({ ConversionId: 0 })],
    [
      "visitor.conversion.achieved",
      "Logs[1].CreateTime: expected a date, but it is missing",
      conversion({ CreateTime: undefined }),
    ],
    [
      "visitor.conversion.achieved",
      `Logs[1].CookIdenitityId: ${A_LONG}, got 9007199254740992`,
      conversion({ CookIdenitityId: 2 ** 53 }),
    ],
    [
      "visitor.conversion.achieved",
      "Logs[1].ConversionAccelerateType: expected one of 0 (firstChat), 1 (lastChat), got 2",
      conversion({ ConversionAccelerateType: 2 }),
    ],
    [
      "visitor.conversion.achieved",
      "Logs[1].ConversionValue: expected a number, got text of 7 characters",
      conversion({ ConversionValue: "1299,50" }),
    ],
    ["ban.added", `BanType: ${BAN_TYPES}, got 3`, { BanType: 3 }],
    ["ban.added", `IpFromOrVisitorId: ${A_LONG}, got "203.0.113.0"`, { IpFromOrVisitorId: "203.0.113.0" }],
    ["ban.added", "IpTo: expected the number of the range's last address, got 0", { IpTo: 0 }],
    [
      "offlineMessage.submitted",
      "AttachmentContent: expected bytes in base64, got text of 5 characters",
      { AttachmentContent: "S@W52" },
    ],
    [
      "offlineMessage.submitted",
      "AttachmentContent: expected bytes in base64, got a list of 2",
      { AttachmentContent: [83, 87] },
    ],
    [
      "offlineMessage.submitted",
      "Content: expected text, here or in Title, or an attachment, got text of 0 characters",
      { Content: "", Title: null, AttachmentContent: null },
    ],
    [
      "offlineMessage.submitted",
      "RouteToType: expected one of 0 (site), 1 (department), 2 (operator), 3 (empty), 4 (offlineMessage), got 5",
      { RouteToType: 5 },
    ],
    ["offlineMessage.submitted", `Segments[0]: ${AN_INT}, got "gold"`, { Segments: ["gold"] }],
    ["agent.preference.changed", `AgentId: ${AN_ID}, got 0`, { AgentId: 0 }],
    [
      "agent.preference.changed",
      `Columns[0].EnumColumn: ${AN_INT}, but it is missing`,
      { Columns: [{ Width: 10 }] },
    ],
    ["agentChat.replied", `Messages[1].ToAgentId: ${AN_ID}, got 0`, agentMessage({ ToAgentId: 0 })],
    ["agentChat.replied", "Messages[1].Time: expected a date, got null", agentMessage({ Time: null })],
    ["cannedMessage.used", `CannedMessgeId: ${AN_ID}, got null`, { CannedMessgeId: null }],
    ["cannedMessage.used", 'Time: expected a date, got "yesterday"', { Time: "yesterday" }],
    ["autoInvitation.sent", `Logs[1].InvitaionId: ${AN_ID}, got 0`, autoInvitation({ InvitaionId: 0 })],
    ["autoInvitation.sent", `Logs[1].SetNumber: ${AN_INT}, got "12"`, autoInvitation({ SetNumber: "12" })],
    [
      "manualInvitation.logged",
      "Logs[1].Status: expected one of 0 (Miss), 1 (Accept), 2 (Refuse), got 3",
      manualInvitation({ Status: 3 }),
    ],
    ["manualInvitation.logged", `Logs[1].AgentId: ${AN_ID}, got 0`, manualInvitation({ AgentId: 0 })],
  ])("%s: %s", (name, line, changes) => {
    expect(refusal(name, { ...example(name), ...changes })).toBe(line);
  });
});

describe("the line", () => {
  it("never shows the content of a file", () => {
    const content = "bm8gYmFzZTY0?";
    const data = { ...example("offlineMessage.submitted"), AttachmentContent: content };
    expect(refusal("offlineMessage.submitted", data)).not.toContain(content);
  });
});
