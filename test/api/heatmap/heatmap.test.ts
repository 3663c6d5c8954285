// At which hours of the week: the resolutions of a Monday, and a night whose hour from one to two comes twice.
import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { MONDAY, STORY } from "../monday.ts";
import { useStory } from "../use-story.ts";

const monday = useStory(useDatabase(), { day: MONDAY, story: STORY, now: `${MONDAY} 12:30Z` });

/** Seconds that resolved dialogs took: of Bob 600 at 09:10 and 1800 at 09:40, of Cyd 300 at 10:05 and 600 at 12:20, of Ann 120 at 11:02, of nobody 120 at 11:12 and 8 at 11:20. */
const hours = (args: string) =>
  `heatmap('resolution', since => '2026-03-02Z', until => '2026-03-03Z' ${args}) where n > 0`;

monday.whateverIsSummed("resolutions of a Monday", () => {
  it.each([
    [
      "by the clock of the account, UTC",
      "",
      `isodow  hour  n  total  mean
       1       9     2  2400   1200
       1       10    1  300    300
       1       11    3  248    82.667
       1       12    1  600    600`,
    ],
    [
      "by a clock that is half an hour off",
      ", time_zone => 'Asia/Kolkata'",
      `isodow  hour  n  total  mean
       1       14    1  600    600
       1       15    2  2100   1050
       1       16    3  248    82.667
       1       17    1  600    600`,
    ],
    [
      "where Tuesday has begun before the last one",
      ", time_zone => 'Pacific/Auckland'",
      `isodow  hour  n  total  mean
       1       22    2  2400   1200
       1       23    1  300    300
       2       0     3  248    82.667
       2       1     1  600    600`,
    ],
    [
      "of one agent",
      ", agent_ids => '{2}'",
      `isodow  hour  n  total  mean
       1       9     2  2400   1200`,
    ],
    [
      "of nobody, or Cyd",
      ", agent_ids => '{0, 3}'",
      `isodow  hour  n  total  mean
       1       10    1  300    300
       1       11    2  128    64
       1       12    1  600    600`,
    ],
    [
      "of one team",
      ", team_ids => '{2}'",
      `isodow  hour  n  total  mean
       1       10    1  300    300`,
    ],
    [
      "of one inbox",
      ", inbox_ids => '{2}'",
      `isodow  hour  n  total  mean
       1       10    1  300    300
       1       11    1  120    120`,
    ],
    [
      "of one inbox, without team",
      ", inbox_ids => '{1}', team_ids => '{0}'",
      `isodow  hour  n  total  mean
       1       11    2  128    64
       1       12    1  600    600`,
    ],
    ["of nothing", ", inbox_ids => '{2}', agent_ids => '{2}'", "isodow  hour  n  total  mean"],
  ])("%s", async (_which, args, table) => {
    const { found, expected } = await monday.ask(hours(args), table);
    expect(found).toEqual(expected);
  });

  it("counts what has no time", async () => {
    const { found, expected } = await monday.ask(
      "heatmap('ratings', since => '2026-03-02Z', until => '2026-03-03Z') where n > 0",
      // Grades 5 and 2.
      `isodow  hour  n  total  mean
       1       9     2  7      3.5`,
    );
    expect(found).toEqual(expected);
  });

  it("shows all hours of the week", async () => {
    const { found } = await monday.ask(hours("").replace("where n > 0", ""), "isodow  hour");
    expect(found).toHaveLength(168);
    expect(found[0]).toEqual({ isodow: "1", hour: "0" });
    expect(found.at(-1)).toEqual({ isodow: "7", hour: "23" });
  });
});
