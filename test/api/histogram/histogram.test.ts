// How many resolved dialogs of a Monday took how long. Bounds are powers of 1.1 milliseconds.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { MONDAY, STORY } from "../monday.ts";
import { useStory } from "../use-story.ts";

const monday = useStory(useDatabase(), { day: MONDAY, story: STORY, now: `${MONDAY} 12:30Z` });

monday.whateverIsSummed("resolutions of a Monday", () => {
  it.each([
    [
      "of the account: 8, 2 × 120, 300, 2 × 600 and 1800 seconds",
      "",
      // 1.1 ** 94, 122, 132, 139 and 151
      `from_s    to_s      n
       7.779     8.557     1
       112.178   123.396   2
       290.961   320.057   1
       567       623.7     2
       1779.49   1957.439  1`,
    ],
    [
      "of one agent",
      ", agent_ids => '{2}'",
      `from_s    to_s      n
       567       623.7     1
       1779.49   1957.439  1`,
    ],
    [
      "of one team",
      ", team_ids => '{2}'",
      `from_s   to_s     n
       290.961  320.057  1`,
    ],
    [
      "of one inbox",
      ", inbox_ids => '{2}'",
      `from_s   to_s     n
       112.178  123.396  1
       290.961  320.057  1`,
    ],
    [
      "of one inbox, without team",
      ", inbox_ids => '{1}', team_ids => '{0}'",
      `from_s   to_s     n
       7.779    8.557    1
       112.178  123.396  1
       567      623.7    1`,
    ],
    ["of nothing", ", agent_ids => '{2}', team_ids => '{2}'", "from_s  to_s  n"],
  ])("%s", async (_whose, filters, table) => {
    const { found, expected } = await monday.ask(
      `histogram('resolution', '2026-03-02Z', '2026-03-03Z' ${filters})`,
      table,
    );
    expect(found).toEqual(expected);
  });

  it("without calendars business hours are all hours", async () => {
    const { found, expected } = await monday.ask(
      // The first replies came after 60 and twice 180 seconds: 1.1 ** 115 and 126.
      "histogram('first_response', '2026-03-02Z', '2026-03-03Z', business => true)",
      `from_s   to_s     n
       57.565   63.322   1
       164.24   180.664  2`,
    );
    expect(found).toEqual(expected);
  });
});
