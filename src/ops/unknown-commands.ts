import type { Command } from "commander";
import { ParleyError } from "../errors.ts";
import { nearNames } from "./near-names.ts";

/**
 * Has a group with a default command, which takes no arguments, say which commands there are. Commander would hand a word that it does
 * not know to the default one, and find that this has too many arguments.
 */
export function refuseUnknownCommands(group: Command, byDefault: Command): void {
  byDefault.allowExcessArguments().hook("preAction", (_, { args: [word] }) => {
    if (word === undefined) return;
    const names = group.commands.map((command) => command.name());
    const [near] = nearNames(word, names);
    throw new ParleyError("PA026", `unknown command "${group.name()} ${word}"`, {
      hint:
        near === undefined
          ? `There are ${names.join(", ")}. See: ./parley ${group.name()} --help`
          : `Did you mean ${near}?`,
    });
  });
}
