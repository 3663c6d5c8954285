import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chatEnded } from "../../../src/consumers/schemas/chat-ended.ts";
import { timeZoneOf } from "../../../src/outbound/local-time.ts";
import { transcriptOf, transcriptText } from "../../../src/outbound/transcript.ts";

const EXAMPLE = JSON.parse(
  readFileSync(new URL("../../../examples/events/chat.ended.json", import.meta.url), "utf8"),
);
const KYIV = { timeZone: "Europe/Kyiv", language: "en-GB" };

const linesOf = (changes: object) => transcriptOf(chatEnded.parse({ ...EXAMPLE, ...changes }));
const said = (Message: string, more: object = {}) => ({
  Id: 1,
  SenderType: 0,
  SenderName: "Ann",
  Message,
  Time: "2026-03-02T09:15:00Z",
  ...more,
});

test("the example's transcript, in Kyiv", () => {
  expect(transcriptText(linesOf({}), KYIV)).toMatchInlineSnapshot(`
    "2 March 2026
    11:14 Parley Bot: Hello! Ask me anything about your order.
        [Вітаю! Запитайте мене про ваше замовлення.]
    11:14 * Agent Olena has joined the chat.
    11:14 Дарина Коваль: Добрий день! Замовлення 88214 досі не приїхало.
        [Good morning! Order 88214 still has not arrived.]
    11:15 Olena: Вітаю, Дарино! Зараз перевірю.
    11:16 Дарина Коваль: Ось фото квитанції 📦
        [Here is a photo of the receipt 📦]
        [file: 0f3a9b52-receipt.jpg] https://files.example.com/0f3a9b52-receipt.jpg
    11:18 * The chat was transferred to Wei.
    11:21 魏 (Wei): 您的包裹在海关，明天送达。
        [Ваша посилка на митниці, доставка завтра.]
    11:26 Дарина Коваль: Дуже дякую!
        [Thank you very much!]"
  `);
});

test("says who speaks, and calls nameless people what they are", () => {
  const lines = linesOf({
    PreChatName: "  ",
    Messages: [0, 1, 2, 3].map((SenderType) => said("x", { SenderType, SenderName: null })),
  });
  expect(lines.map(({ by, name }) => [by, name])).toEqual([
    ["visitor", "Visitor"],
    ["agent", "Agent"],
    ["system", ""],
    ["bot", "Bot"],
  ]);
});

test("a nameless visitor has the name given before the chat", () => {
  expect(linesOf({ Messages: [said("x", { SenderName: "" })] })[0]!.name).toBe("Дарина Коваль");
});

test("lines are in the order of their times, and of the document where microseconds are equal", () => {
  const at = (Message: string, Time: string) => said(Message, { Time });
  const Messages = [
    at("second", "2026-03-02T09:15:00.0000002Z"),
    at("first", "2026-03-02T10:14:59+01:00"),
    at("third", "2026-03-02T09:15:00Z"),
    at("fourth", "2026-03-02T09:15:00Z"),
    at("last", "2026-03-02T09:15:00.1Z"),
  ];
  expect(linesOf({ Messages }).map(({ text }) => text)).toEqual([
    "first",
    "second",
    "third",
    "fourth",
    "last",
  ]);
});

test("empty messages are left out", () => {
  expect(linesOf({ Messages: [said(" <br> "), said("x")] })).toHaveLength(1);
});

test("a file is linked by its name or its id, one of a note is not, nor one that is not on the web", () => {
  const Attachments = [
    { Uid: "u-1", FilePath: "a/one.txt", Url: "https://files.example.com/one.txt" },
    { Uid: "u-2", FilePath: "a/note.txt", Url: "https://files.example.com/note.txt", IsNoteFile: true },
    { Uid: "u-3", FilePath: "a/three.txt", Url: "javascript:alert(1)" },
  ];
  const Messages = ["one.txt", "u-1", "u-2", "three.txt", "unknown.txt"].map((Attachment) =>
    said("", { Attachment }),
  );
  expect(linesOf({ Attachments, Messages }).map(({ attachment }) => attachment)).toEqual([
    { name: "one.txt", url: "https://files.example.com/one.txt" },
    { name: "one.txt", url: "https://files.example.com/one.txt" },
    { name: "u-2" },
    { name: "three.txt" },
    { name: "unknown.txt" },
  ]);
});

test("a chat over midnight has a heading for each day of the reader, with a gap between", () => {
  const Messages = [
    said("before", { Time: "2026-03-02T21:59:00Z" }),
    said("after", { Time: "2026-03-02T22:01:00Z" }),
  ];
  expect(transcriptText(linesOf({ Messages }), KYIV)).toBe(
    "2 March 2026\n23:59 Ann: before\n\n3 March 2026\n00:01 Ann: after",
  );
});

test("nobody can fake a line: further lines of a message are indented, names are on one line", () => {
  const lines = linesOf({ Messages: [said("a\n11:15 Olena: pay here", { SenderName: "Ann\r\nOlena" })] });
  expect(transcriptText(lines, KYIV)).toBe("2 March 2026\n11:15 Ann Olena: a\n    11:15 Olena: pay here");
});

test.each([
  [2, "+02:00"],
  [0, "+00:00"],
  [-3, "-03:00"],
  ["+08:00", "+08:00"],
  ["UTC+5:30", "+05:30"],
  ["Europe/Kyiv", "Europe/Kyiv"],
  ["", undefined],
  [null, undefined],
  ["Nowhere", undefined],
  [99, undefined],
])("a chat server's zone %j is %j", (given, zone) => {
  expect(timeZoneOf(given)).toBe(zone);
});

test("a chat of thousands of lines is written in no time", () => {
  const lines = linesOf({
    Messages: Array.from({ length: 5000 }, (_, n) => said("Hello", { Id: n + 1 })),
  });
  expect(lines).toHaveLength(5000);
  transcriptText(lines.slice(0, 10), KYIV);
  const start = performance.now();
  transcriptText(lines, KYIV);
  expect(performance.now() - start).toBeLessThan(500);
});
