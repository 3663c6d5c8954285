// Three dialogs were resolved: two of Ann, followed by another one of their conversation after 80 and 50 minutes, and one of Bob.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NEW_YORK, NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

night.whateverIsSummed("a night", () => {
  it.each([
    ["0", "0         0"],
    ["50 minutes", "0         0"],
    ["50 minutes 1 second", "1         0.333"],
    ["80 minutes", "1         0.333"],
    ["81 minutes", "2         0.667"],
    ["7 days", "2         0.667"],
  ])("within %s", async (time, reopened) => {
    const { found, expected } = await night.ask(
      `reopening('${time}', since => '2026-11-01Z', until => '2026-11-02Z')`,
      `resolutions  reopened  reopen_rate
       3            ${reopened}`,
    );
    expect(found).toEqual(expected);
  });

  it.each([
    [
      "by agent who resolved it",
      "'agent'",
      `name  resolutions  reopened  reopen_rate
       Ann   2            2         1
       Bob   1            0         0`,
    ],
    [
      "by team",
      "'team'",
      `name   resolutions  reopened  reopen_rate
       Sales  3            2         0.667`,
    ],
    [
      "by inbox, of one agent",
      "'inbox', agent_ids => '{2}'",
      `name     resolutions  reopened  reopen_rate
       Website  1            0         0`,
    ],
    ["of an inbox in which none was resolved", "'agent', inbox_ids => '{2}'", "name  resolutions"],
    [
      "by hour of New York, one of which comes twice",
      `'account', 'hour', time_zone => '${NEW_YORK}'`,
      `period_start  resolutions  reopened  reopen_rate
       04:00:00      1            1         1
       05:00:00      0            0         -
       06:00:00      1            1         1
       07:00:00      1            0         0`,
    ],
  ])("within two hours, %s", async (_how, args, table) => {
    const { found, expected } = await night.ask(
      `reopening('2 hours', ${args}, since => '2026-11-01 04:00Z', until => '2026-11-01 08:00Z')`,
      table,
    );
    expect(found).toEqual(expected);
  });
});
