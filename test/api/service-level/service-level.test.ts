// Who was answered within a time. On Monday seven dialogs reached agents: 1 (Ann, Sales) at 09:02, answered after 60 s, 2 (Bob, Sales)
// at 09:10, after 60 s, 3 (Cyd, Support, inbox Bot) at 10:02, given up, 4 (Ann) at 11:00, after 60 s, 6 (nobody) at 11:20, given up
// after 8 s, 7 (nobody) at 12:00, still waiting, 8 (Cyd) at 12:10, after 180 s.
import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { MONDAY, STORY } from "../monday.ts";
import { useStory } from "../use-story.ts";

const monday = useStory(useDatabase(), { day: MONDAY, story: STORY, now: `${MONDAY} 12:30Z` });

monday.whateverIsSummed("a Monday", () => {
  it.each([
    [59, "0       0"],
    [60, "3       0.5"],
    [179, "3       0.5"],
    [180, "4       0.667"],
  ])("within %i seconds", async (seconds, reached) => {
    const { found, expected } = await monday.ask(
      `service_level(${seconds}, since => '2026-03-02Z', until => '2026-03-03Z')`,
      `offered  answered  abandoned  short_abandoned  answered_within  service_level
       7        4         2          1                ${reached}`,
    );
    expect(found).toEqual(expected);
  });

  it.each([
    [
      "by agent who had it first",
      "'agent'",
      `name  offered  answered  answered_within  abandoned  short_abandoned  service_level
       Ann   2        2         2                0          0                1
       Bob   1        1         1                0          0                1
       Cyd   2        1         0                1          0                0
       -     2        0         0                1          1                0`,
    ],
    [
      "by team",
      "'team'",
      `name     offered  answered  answered_within  abandoned  short_abandoned  service_level
       Sales    2        2         2                0          0                1
       Support  1        0         0                1          0                0
       -        4        2         1                1          1                0.333`,
    ],
    [
      "by inbox",
      "'inbox'",
      `name     offered  answered  answered_within  abandoned  short_abandoned  service_level
       Website  6        4         3                1          1                0.6
       Bot      1        0         0                1          0                0`,
    ],
    [
      "of one agent, by team",
      "'team', agent_ids => '{1}'",
      `name   offered  answered  answered_within  service_level
       Sales  1        1         1                1
       -      1        1         1                1`,
    ],
    [
      "of a team and an inbox",
      "'account', team_ids => '{0}', inbox_ids => '{1}'",
      `offered  answered  answered_within  service_level
       4        2         1                0.333`,
    ],
    [
      "by hour",
      "'account', 'hour'",
      `period_start  offered  answered_within  service_level
       09:00:00      2        2                1
       10:00:00      1        0                0
       11:00:00      2        1                1
       12:00:00      2        0                0`,
    ],
  ])("%s", async (_how, args, table) => {
    const { found, expected } = await monday.ask(
      `service_level(60, ${args}, since => '2026-03-02 09:00Z', until => '2026-03-02 13:00Z')`,
      table,
    );
    expect(found).toEqual(expected);
  });
});

describe("of nothing", () => {
  it("there is no level, but a row", async () => {
    const { found, expected } = await monday.ask(
      "service_level(60, since => '2026-03-01Z', until => '2026-03-02Z')",
      `offered  answered  service_level
       0        0         -`,
    );
    expect(found).toEqual(expected);
  });
});
