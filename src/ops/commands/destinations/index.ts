import type { Command } from "commander";
import { refuseUnknownCommands } from "../../unknown-commands.ts";
import { addAddCommand } from "./add.ts";
import { addAttemptsCommand } from "./attempts.ts";
import { addDisableCommand, addEnableCommand } from "./enable.ts";
import { addListCommand } from "./list.ts";
import { addRedeliverCommand } from "./redeliver.ts";
import { addRemoveCommand } from "./remove.ts";
import { addSetCommand } from "./set.ts";
import { addShowCommand } from "./show.ts";
import { addTestCommand } from "./test.ts";

/** Besides the list, in the order of `--help`. */
const COMMANDS = [
  addShowCommand,
  addAddCommand,
  addSetCommand,
  addEnableCommand,
  addDisableCommand,
  addRemoveCommand,
  addTestCommand,
  addAttemptsCommand,
  addRedeliverCommand,
];

/** `parley destinations`, `destinations add KIND`, `set`, `enable`, `disable`, `remove`, `test`, `attempts`, `redeliver` */
export function addDestinationsCommand(program: Command): void {
  const destinations = program
    .command("destinations")
    .description("show and set up where accounts want their events: webhooks, e-mail, tickets ...");
  const list = addListCommand(destinations);
  for (const add of COMMANDS) add(destinations);
  refuseUnknownCommands(destinations, list);
}
