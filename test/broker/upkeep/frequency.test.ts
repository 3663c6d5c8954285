import { expect, it } from "vitest";
import { cronOf, isUpkeep } from "../../../src/broker/define-upkeep.ts";
import { loadTasks, upkeepOf } from "../../../src/broker/load-tasks.ts";

it("each upkeep says how often it is done", async () => {
  const upkeep = Object.entries(upkeepOf(await loadTasks()));
  expect(upkeep.filter(([, task]) => !isUpkeep(task))).toEqual([]);
  const times = Object.fromEntries(
    upkeep.map(([name, task]) => [
      name,
      (isUpkeep(task) && task.upkeep.everySeconds !== undefined && `every ${task.upkeep.everySeconds} s`) ||
        cronOf(task),
    ]),
  );
  expect(times).toEqual({
    "broker/maintain": "* * * * *",
    "chat/wake-snoozed": "* * * * *",
    "outbound/upkeep": "* * * * *",
    "stats/extend-calendars": "41 2 * * *",
    "stats/flush": "every 1 s",
    "stats/keep-sums": "* * * * *",
    "stats/verify": "23 3 * * *",
  });
});
