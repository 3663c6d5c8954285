// What is unresolved at 07:45. Ann (Sales): a, waiting since 07:05. Bob (Support): e, answered, and b (inbox Bot), snoozed while the
// customer waits. Nobody: c, waiting since 06:40:30, and d (inbox Bot), which the bot has.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { NIGHT, NIGHT_STORY } from "../night.ts";
import { useStory } from "../use-story.ts";

const night = useStory(useDatabase(), { day: NIGHT, story: NIGHT_STORY, now: `${NIGHT} 07:45Z` });

night.whateverIsSummed("a board", () => {
  it.each([
    ["", "3     1        1        1           2           06:40:30"],
    ["agent_ids => '{1}'", "1     0        0        0           1           07:05:00"],
    ["agent_ids => '{0}'", "1     1        0        1           1           06:40:30"],
    ["agent_ids => '{0, 1}'", "2     1        0        1           2           06:40:30"],
    ["team_ids => '{2}'", "1     0        1        0           0           -"],
    ["team_ids => '{0}'", "1     1        0        1           1           06:40:30"],
    ["inbox_ids => '{2}'", "0     1        1        0           0           -"],
    ["agent_ids => '{2}', inbox_ids => '{1}'", "1     0        0        0           0           -"],
    ["agent_ids => '{3}'", "0     0        0        0           0           -"],
  ])("live_board(%s)", async (filters, row) => {
    const { found, expected } = await night.ask(
      `live_board(${filters})`,
      `open  pending  snoozed  unassigned  unanswered  longest_waiting_since
       ${row}`,
    );
    expect(found).toEqual(expected);
  });

  it.each([
    [
      "",
      `name  open  snoozed  unanswered  longest_waiting_since
       Ann   1     0        1           07:05:00
       Bob   1     1        0           -`,
    ],
    [
      "inbox_ids => '{2}'",
      `name  open  snoozed  unanswered  longest_waiting_since
       Bob   0     1        0           -`,
    ],
    [
      "agent_ids => '{1, 3}'",
      `name  open  snoozed  unanswered  longest_waiting_since
       Ann   1     0        1           07:05:00`,
    ],
    ["team_ids => '{2}', agent_ids => '{1}'", "name  open"],
  ])("live_agents(%s)", async (filters, table) => {
    const { found, expected } = await night.ask(`live_agents(${filters})`, table);
    expect(found).toEqual(expected);
  });
});
