import { expect, it } from "vitest";
import { formatAge, formatTable } from "../../src/ops/output.ts";

interface Row {
  name: string;
  depth: number | null;
}

const columns = { name: (row: Row) => row.name, depth: (row: Row) => row.depth };

it("aligns text to the left and numbers to the right", () => {
  const rows = [
    { name: "EmailQueue", depth: 5 },
    { name: "A", depth: 1200 },
    { name: "B", depth: null },
  ];
  expect(formatTable(rows, columns, "none")).toBe(
    ["name        depth", "EmailQueue      5", "A            1200", "B"].join("\n"),
  );
});

it("says in a sentence that there are no rows", () => {
  expect(formatTable([], columns, "There are no queues.")).toBe("There are no queues.");
});

it("keeps control characters of a name from the terminal", () => {
  const table = formatTable([{ name: "a\u001b[31m\nb", depth: 1 }], columns, "none");
  expect(table).not.toContain("\u001b");
  expect(table.split("\n")).toHaveLength(2);
});

it.each([
  [0.4, "0 s"],
  [119, "119 s"],
  [600, "10 min"],
  [10_000, "3 h"],
  [400_000, "5 d"],
  [null, ""],
])("shortens an age of %s s to %j", (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});
