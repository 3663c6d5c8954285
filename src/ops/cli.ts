import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addDemoCommand } from "./commands/demo.ts";
import { addDestinationsCommand } from "./commands/destinations/index.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addErrorsCommand } from "./commands/errors.ts";
import { addEventsCommand } from "./commands/events.ts";
import { addMigrateCommand } from "./commands/migrate.ts";
import { addPauseCommand } from "./commands/pause.ts";
import { addPutCommand } from "./commands/put.ts";
import { addQueuesCommand } from "./commands/queues.ts";
import { addReplayCommand } from "./commands/replay.ts";
import { addResumeCommand } from "./commands/resume.ts";
import { addSealCommand } from "./commands/seal.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addSubscribeCommand } from "./commands/subscribe.ts";
import { addTokenCommand } from "./commands/token.ts";
import { addUnsubscribeCommand } from "./commands/unsubscribe.ts";
import { addUpCommand } from "./commands/up.ts";
import { addUrlCommand } from "./commands/url.ts";
import { addWorkCommand } from "./commands/work.ts";

/** In the order of `--help`: running, then using, then caring for. */
const COMMANDS = [
  addUpCommand,
  addMigrateCommand,
  addWorkCommand,
  addServeCommand,
  addPutCommand,
  addEventsCommand,
  addQueuesCommand,
  addSubscribeCommand,
  addUnsubscribeCommand,
  addPauseCommand,
  addResumeCommand,
  addReplayCommand,
  addErrorsCommand,
  addDestinationsCommand,
  addSealCommand,
  addDoctorCommand,
  addDemoCommand,
  addUrlCommand,
  addTokenCommand,
];

/** The command line. Commands throw; who runs it decides about output and exit status. */
export function buildProgram(): Command {
  const program = new Command("parley")
    .description("An event broker and chat data platform on PostgreSQL")
    .version(readVersion())
    .option("--verbose", "show where in the program an error comes from")
    .showHelpAfterError("hint: --help after the command shows what it takes.")
    .exitOverride();
  // Commands inherit both when they are created below it.
  for (const add of COMMANDS) add(program);
  return program;
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
