import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NEW_YORK, NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

night.whateverIsSummed("when clocks are set back", () => {
  it("an hour that comes twice is two", async () => {
    const { found, expected } = await night.ask(
      `service_level(300, 'account', 'hour', '2026-11-01 03:00Z', '2026-11-01 08:00Z', '${NEW_YORK}')`,
      // a 03:00 answered after 240 s; b 05:15 never, a 05:50 after 1200 s; c 06:40 never; a 07:05 never, e 07:20 after 60 s, f 07:22 never.
      `period_start  offered  answered  answered_within  service_level
       03:00:00      1        1         1                1
       04:00:00      0        0         0                -
       05:00:00      2        1         0                0
       06:00:00      1        0         0                0
       07:00:00      3        1         1                0.333`,
    );
    expect(found).toEqual(expected);
  });
});
