import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NEW_YORK, NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

night.whateverIsSummed("when clocks are set back", () => {
  it("what starts from one to two is counted there, the first time and the second", async () => {
    const { found, expected } = await night.ask(
      `heatmap('dialogs_started', '2026-11-01Z', '2026-11-02Z', '${NEW_YORK}') where n > 0`,
      // At 03:00; at 05:15, 05:50 and 06:40; at 07:05, 07:10, 07:20 and 07:22 UTC.
      `isodow  hour  n
       6       23    1
       7       1     3
       7       2     4`,
    );
    expect(found).toEqual(expected);
  });

  it("also of one team", async () => {
    const { found, expected } = await night.ask(
      `heatmap('dialogs_started', '2026-11-01Z', '2026-11-02Z', '${NEW_YORK}', team_ids => '{2}') where n > 0`,
      `isodow  hour  n
       7       1     1
       7       2     1`,
    );
    expect(found).toEqual(expected);
  });
});
