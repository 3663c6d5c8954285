import { count, perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";

/** What loading the data took; nothing if they were kept of an earlier run. */
export const load: StatsPart = {
  name: "load",
  async run({ data: { loading } }) {
    if (!loading) return [];
    const { rows, messages, dialogs, loadS, rebuildS } = loading;
    return [
      {
        what: `${count(dialogs)} dialogs with ${count(messages)} messages, written by COPY and analyzed`,
        measured: `${count(loadS)} s, ${perSecond(rows / loadS, "rows")}`,
      },
      {
        what: "facts and sums of all of them, rebuilt from the rows",
        measured: `${count(rebuildS)} s, ${perSecond(dialogs / rebuildS, "dialogs")}`,
      },
    ];
  },
};
