import { CommanderError } from "commander";
import { buildProgram } from "./ops/cli.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

const SERVER_DISK_FULL = "53100";
const FREE_SPACE = "Free some space, then start again. Nothing that was confirmed is lost.";

const program = buildProgram();
// The reader of a pipe may have seen enough (`./parley events | head`).
process.stdout.on("error", () => {});
process.on("uncaughtException", (error) => process.exit(complain(error)));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? usageStatus(error) : complain(error);
}

/** Commander has said already what is wrong; help and version are no errors. */
function usageStatus(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : WRONG_USAGE;
}

/** One line for what is wrong, one for what to do. */
function complain(error: unknown): number {
  const { message, code, hint } = describe(error);
  process.stderr.write(`error: ${message}${code ? ` (${code})` : ""}\n`);
  if (hint) process.stderr.write(`hint: ${hint}\n`);
  // biome-ignore lint/suspicious/noConsole: the trace was asked for.
  if (program.opts().verbose || process.env.PARLEY_LOG_LEVEL === "debug") console.error(error);
  return code === "PA026" ? WRONG_USAGE : FAILED;
}

/** Errors of our catalogue come from this program or, with the same codes, from the database. */
function describe(error: unknown): { message: string; code?: string; hint?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, hint } = error as { code?: unknown; hint?: unknown };
  if (code === SERVER_DISK_FULL) {
    return {
      message: `the disk of the database server is full: ${error.message}`,
      code: "PA024",
      hint: FREE_SPACE,
    };
  }
  return {
    message: error.message,
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof hint === "string" ? { hint } : {}),
  };
}
