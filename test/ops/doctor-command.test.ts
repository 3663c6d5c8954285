import { afterEach, expect, it } from "vitest";
import { useCommands } from "./commands.ts";

const { db, parley, parleyJson } = useCommands();

afterEach(() => {
  process.exitCode = undefined;
});

it("leaves the exit status alone when there is no problem", async () => {
  const printed = await parley("doctor");
  expect(printed).toMatch(/^ok +migrations +up to date/m);
  expect(process.exitCode).toBeUndefined();
});

it("exits with 1 when there is a problem, and says what to do below it", async () => {
  await db.pool.query("alter sequence broker.message_id_seq cache 20");
  const printed = await parley("doctor");
  expect(printed).toMatch(/^PROBLEM +sequences .*\n +alter sequence broker\.message_id_seq cache 1/m);
  expect(printed).toMatch(/\n1 problem, \d+ warnings?\.\n$/);
  expect(process.exitCode).toBe(1);
});

it("prints every finding as JSON", async () => {
  const diagnoses = await parleyJson("doctor");
  expect(diagnoses).toContainEqual(expect.objectContaining({ check: "clock", status: "ok" }));
});
