import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { chatEnded } from "../../src/consumers/schemas/chat-ended.ts";

const document = JSON.parse(
  readFileSync(new URL("../../examples/events/chat.ended.json", import.meta.url), "utf8"),
);

it.each([
  ["T-17", "T-17"],
  [17, "17"],
  [0, ""],
  [null, null],
])("a chat's TicketId may be a name or a number, 0 is none: %o", (given, taken) => {
  expect(chatEnded.parse({ ...document, TicketId: given })).toMatchObject({ ticketId: taken });
});

it("nothing else", () => {
  expect(chatEnded.safeParse({ ...document, TicketId: [17] }).success).toBe(false);
});
