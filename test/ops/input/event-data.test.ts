import { describe, expect, it } from "vitest";
import { checkedDocument, checkedLines } from "../../../src/ops/input/event-data.ts";

const check = (text: string) => () => checkedDocument({ source: "chat.json", text });

describe("a document that is not JSON", () => {
  it.each([
    ["{", 1, 2, "a member name in double quotes, or }"],
    ['{"a": 1,\n  b: 2}', 2, 3, "a member name in double quotes"],
    ['{"a" 1}', 1, 6, "a colon"],
    ['{"a": 1\n"b": 2}', 2, 1, "a comma or }"],
    ['{"a": [1 2]}', 1, 10, "a comma or ]"],
    ['{"a": [1,]}', 1, 10, "a value"],
    ['{"a": hello}', 1, 7, "a value"],
    ['{"a": 01}', 1, 7, "a value"],
    ['{"a": "one\ntwo"}', 1, 11, "the rest of a string"],
    ['["\\x41"]', 1, 3, "the rest of a string"],
    ['{"a": 1} {"b": 2}', 1, 10, "nothing more"],
    ["[[1], {}", 1, 9, "a comma or ]"],
    ["[}", 1, 2, "a value or ]"],
    ["[:1]", 1, 2, "a value or ]"],
    ["{1: 2}", 1, 2, "a member name in double quotes, or }"],
    ["[tru]", 1, 2, "a value or ]"],
  ])("is refused with the place of the fault: %j", (text, line, column, expected) => {
    expect(check(text)).toThrow(
      `chat.json is not JSON: expected ${expected} at line ${line}, column ${column}`,
    );
  });

  it("is not quoted in the message, since it may hold personal data", () => {
    expect(check('{"Email": jane@example.com}')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("jane") }),
    );
  });

  it("is refused as empty when there is nothing in it", () => {
    expect(check(" \n")).toThrow("chat.json is empty");
  });

  it("is found quickly at the end of 10 MB", () => {
    const text = `{"Text": "${"x".repeat(10_000_000)}", "b": }`;
    expect(check(text)).toThrow("column 10000019");
  });
});

describe("a document that PostgreSQL cannot store", () => {
  it.each([
    ["$.Chat.Messages[1].Text", "a NUL character", '{"Chat": {"Messages": [{}, {"Text": "a\\u0000b"}]}}'],
    ["$.Name", "half a surrogate pair", '{"Name": "\\ud83d"}'],
    ['$["a b"]', "half a surrogate pair", '{"a b": "x\\ude00"}'],
    ['$["\\u0000"]', "a NUL character", '{"\\u0000": 1}'],
    ["$", "a NUL character", '"\\u0000"'],
  ])("is refused with the path of the member: %s", (path, fault, text) => {
    expect(check(text)).toThrow(`chat.json: ${path} holds ${fault}, which PostgreSQL cannot store`);
  });

  it("is found below 100,000 levels of nesting", () => {
    const text = `${"[".repeat(100_000)}"\\u0000"${"]".repeat(100_000)}`;
    expect(check(text)).toThrow("holds a NUL character");
  });
});

it("returns an acceptable document as it came, digits beyond double precision included", () => {
  const text = ' {"Id": 12345678901234567890.123456789, "Smile": "\\ud83d\\ude00"} ';
  expect(checkedDocument({ source: "chat.json", text })).toBe(text);
});

describe("documents one a line", () => {
  it("are told apart, blank lines skipped", () => {
    expect(checkedLines({ source: "chats", text: '{"a": 1}\r\n\n[2]\n' })).toEqual(['{"a": 1}\r', "[2]"]);
  });

  it("are refused when there is none", () => {
    expect(() => checkedLines({ source: "chats", text: "\n\n" })).toThrow("chats is empty");
  });

  it("are refused with the number of the faulty line", () => {
    expect(() => checkedLines({ source: "chats", text: "{}\n\n{]\n" })).toThrow("at line 3, column 2");
    expect(() => checkedLines({ source: "chats", text: '{}\n{"a": "\\u0000"}\n' })).toThrow(
      "chats, line 2: $.a",
    );
  });
});
