import { expect, test } from "vitest";
import { recipientsOf } from "../../../src/outbound/email/recipients.ts";
import { CHAT, deliveryOf, type EventName, MESSAGE, settingsOf } from "./mailing.ts";

function mailed(event: EventName, settings: object, changes: object = {}) {
  const { data } = deliveryOf(event, changes);
  const { mailings, notes } = recipientsOf({ name: event, data } as never, settingsOf({ [event]: settings }));
  return { ...Object.fromEntries(mailings.map(({ audience, to }) => [audience, to])), notes };
}

test("a department's own addresses instead of those for all", () => {
  const settings = { to: ["all@shop.example"], departments: { 12: ["delivery@shop.example"] } };
  expect(mailed(CHAT, settings)).toEqual({ team: ["delivery@shop.example"], notes: [] });
  expect(mailed(CHAT, settings, { PreChatDepartmentId: 13 })).toEqual({
    team: ["all@shop.example"],
    notes: [],
  });
});

test("offline messages go to a department if they were routed to one", () => {
  const settings = { to: ["all@shop.example"], departments: { 12: ["delivery@shop.example"] } };
  expect(mailed(MESSAGE, settings)).toEqual({ team: ["delivery@shop.example"], notes: [] });
  expect(mailed(MESSAGE, settings, { RouteToType: 2 })).toEqual({ team: ["all@shop.example"], notes: [] });
});

test("a department without addresses gets none", () => {
  expect(mailed(CHAT, { to: ["all@shop.example"], departments: { 12: [] } })).toEqual({ notes: [] });
});

test("nobody gets it twice", () => {
  const to = ["a@shop.example", "A@Shop.Example", "daryna.koval@example.com"];
  expect(mailed(CHAT, { to, to_visitor: true })).toEqual({
    team: ["A@shop.example", "daryna.koval@example.com"],
    notes: [],
  });
});

test("the visitor gets a mail of their own, at the last address if none was given for this chat", () => {
  expect(
    mailed(CHAT, { to_visitor: true }, { PreChatEmail: " ", Visitor: { LastEmail: "last@example.com" } }),
  ).toEqual({
    visitor: ["last@example.com"],
    notes: [],
  });
});

test("a visitor gets no mail of a chat that nobody wrote in, the team does", () => {
  const settings = { to: ["a@shop.example"], to_visitor: true };
  const joined = { Id: 1, SenderType: 2, Message: "Agent Olena has joined.", Time: "2026-03-02T09:15:00Z" };
  const team = { team: ["a@shop.example"], notes: [] };
  expect(mailed(CHAT, settings, { Messages: [] })).toEqual(team);
  expect(mailed(CHAT, settings, { Messages: [joined] })).toEqual(team);
  expect(mailed(CHAT, settings, { Messages: [{ ...joined, SenderType: 3 }] })).toMatchObject({
    visitor: ["daryna.koval@example.com"],
  });
});

test("an address that is none is left out, with a note that does not repeat it", () => {
  expect(mailed(CHAT, { to: ["a@shop.example"], to_visitor: true }, { PreChatEmail: "nobody" })).toEqual({
    team: ["a@shop.example"],
    notes: ["the visitor's address is none"],
  });
});

test("a visitor who gave no address is nobody's fault", () => {
  expect(mailed(MESSAGE, { to_visitor: true }, { VisitorEmail: "" })).toEqual({ notes: [] });
});

test.each([
  ["all", 0, true],
  ["all", 2, true],
  ["missed", 0, false],
  ["missed", 1, true],
  ["missed", 2, true],
  ["answered", 0, true],
  ["answered", null, true],
  ["answered", 2, false],
])("only %s: of a chat with MissedChatStatus %j a mail is sent: %j", (only, MissedChatStatus, isSent) => {
  const { team } = mailed(CHAT, { to: ["a@shop.example"], only }, { MissedChatStatus }) as {
    team?: string[];
  };
  expect(team !== undefined).toBe(isSent);
});
