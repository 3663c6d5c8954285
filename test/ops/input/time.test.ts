import { expect, it } from "vitest";
import { parseTime, resolveFuture, resolvePast } from "../../../src/ops/input/time.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const past = (text: string) => resolvePast(parseTime(text), NOW).toISOString();

it.each([
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ["2026-01-31T09:30", "2026-01-31T09:30:00.000Z"],
  ["2026-01-31 09:30:15.5", "2026-01-31T09:30:15.500Z"],
  ["2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00.000Z"],
  ["2026-01-31T09:30:00-0530", "2026-01-31T15:00:00.000Z"],
  ["2026-01-31T09:30:00+02", "2026-01-31T07:30:00.000Z"],
  ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"],
])("reads %s, without an offset as UTC", (text, expected) => {
  expect(past(text)).toBe(expected);
});

it.each([
  ["30s", "2026-03-01T11:59:30.000Z"],
  ["15m", "2026-03-01T11:45:00.000Z"],
  ["2h", "2026-03-01T10:00:00.000Z"],
  ["7d", "2026-02-22T12:00:00.000Z"],
  ["1w", "2026-02-22T12:00:00.000Z"],
])("counts %s back from now", (text, expected) => {
  expect(past(text)).toBe(expected);
});

it("counts forward where a time lies ahead", () => {
  expect(resolveFuture(parseTime("2h"), NOW).toISOString()).toBe("2026-03-01T14:00:00.000Z");
});

it.each([
  "yesterday",
  "",
  "15",
  "15y",
  "2026-02-30",
  "2026-13-01",
  "2026-01-31T25:00",
  "31.01.2026",
  "-5m",
  "999999999w",
])("refuses %j as wrong usage", (text) => {
  expect(() => parseTime(text)).toThrow(
    expect.objectContaining({ code: "PA026", message: `"${text}" is not a time` }),
  );
});
