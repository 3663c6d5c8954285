import { expect, it } from "vitest";
import { nearNames } from "../../src/ops/near-names.ts";

const NAMES = ["chat.started", "chat.ended", "chat.rating.submitted", "ban.added"];

it.each([
  ["chat.endet", ["chat.ended"]],
  ["CHAT.STARTED", ["chat.started"]],
  ["ban.add", ["ban.added"]],
])("finds what was meant by %s", (wanted, expected) => {
  expect(nearNames(wanted, NAMES)).toEqual(expected);
});

it("finds nothing for a name like none", () => {
  expect(nearNames("invoice.paid", NAMES)).toEqual([]);
});
