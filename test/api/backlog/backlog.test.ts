// What started, what was resolved and what was left, hour by hour, in a night whose hour from one to two comes twice.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NEW_YORK, NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

const byHour = (filters: string) =>
  `backlog('hour', '2026-11-01 03:00Z', '2026-11-01 08:00Z', '${NEW_YORK}' ${filters})`;

night.whateverIsSummed("a night", () => {
  it.each([
    [
      "of the account",
      "",
      // Starts: a 03:00, b 05:15, a 05:50, c 06:40, a 07:05, d 07:10, e 07:20, f 07:22. Resolved: a 04:30, a 06:15, f 07:23.
      `period_start  period_end  started  resolved  unresolved
       03:00:00      04:00:00    1        0         1
       04:00:00      05:00:00    0        1         0
       05:00:00      06:00:00    2        0         2
       06:00:00      07:00:00    1        1         2
       07:00:00      08:00:00    4        1         5`,
    ],
    [
      "of who is Ann's",
      ", agent_ids => '{1}'",
      `period_start  started  resolved  unresolved
       03:00:00      1        0         1
       04:00:00      0        1         0
       05:00:00      1        0         1
       06:00:00      0        1         0
       07:00:00      1        0         1`,
    ],
    [
      "of who is nobody's: c and d",
      ", agent_ids => '{0}'",
      `period_start  started  resolved  unresolved
       03:00:00      0        0         0
       04:00:00      0        0         0
       05:00:00      0        0         0
       06:00:00      1        0         1
       07:00:00      1        0         2`,
    ],
    [
      "of team Support: b and e",
      ", team_ids => '{2}'",
      `period_start  started  resolved  unresolved
       03:00:00      0        0         0
       04:00:00      0        0         0
       05:00:00      1        0         1
       06:00:00      0        0         1
       07:00:00      1        0         2`,
    ],
    [
      "of the inbox Bot: b and d",
      ", inbox_ids => '{2}'",
      `period_start  started  resolved  unresolved
       03:00:00      0        0         0
       04:00:00      0        0         0
       05:00:00      1        0         1
       06:00:00      0        0         1
       07:00:00      1        0         2`,
    ],
    [
      "of what Bob has of team Sales: f",
      ", agent_ids => '{2}', team_ids => '{1}'",
      `period_start  started  resolved  unresolved
       03:00:00      0        0         0
       04:00:00      0        0         0
       05:00:00      0        0         0
       06:00:00      0        0         0
       07:00:00      1        1         0`,
    ],
  ])("%s", async (_whose, filters, table) => {
    const { found, expected } = await night.ask(byHour(filters), table);
    expect(found).toEqual(expected);
  });

  it("by day of New York: Saturday ends at four, Sunday has 25 hours", async () => {
    const { found, expected } = await night.ask(
      `backlog('day', '2026-10-31 04:00Z', '2026-11-02 05:00Z', '${NEW_YORK}')`,
      `period_start  period_end  started  resolved  unresolved
       04:00:00      04:00:00    1        0         1
       04:00:00      05:00:00    7        3         5`,
    );
    expect(found).toEqual(expected);
  });

  it("at a moment that has passed", async () => {
    const { found, expected } = await night.ask(
      // a and b are unresolved, and nothing else has started.
      "backlog('day', '2026-11-01 05:30Z', '2026-11-01 06:00Z')",
      `period_start  started  resolved  unresolved
       05:30:00      1        0         2`,
    );
    expect(found).toEqual(expected);
  });
});
