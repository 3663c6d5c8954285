// Two dialogs of Ann were wrapped up under category 7, at 04:31 and 06:16; a third one by Ann under 9, and then by Bob under none.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

const WHOLE_DAY = "'2026-11-01Z', '2026-11-02Z'";

night.whateverIsSummed("a night", () => {
  it.each([
    [
      "the last one of each dialog counts, the most frequent category comes first",
      WHOLE_DAY,
      `category_id  n  share
       7            2  0.667
       -            1  0.333`,
    ],
    [
      "in a window",
      "'2026-11-01 04:45Z', '2026-11-01 07:00Z'",
      `category_id  n  share
       7            1  1`,
    ],
    [
      "of who wrapped up",
      `${WHOLE_DAY}, agent_ids => '{2}'`,
      `category_id  n  share
       -            1  1`,
    ],
    [
      "of a team and an inbox",
      `${WHOLE_DAY}, team_ids => '{1}', inbox_ids => '{1}'`,
      `category_id  n  share
       7            2  0.667
       -            1  0.333`,
    ],
    ["of a team that wrapped up nothing", `${WHOLE_DAY}, team_ids => '{2}'`, "category_id  n  share"],
  ])("%s", async (_which, args, table) => {
    const { found, expected } = await night.ask(`wrapups(${args})`, table);
    expect(found).toEqual(expected);
  });
});
