import { parseArgs } from "node:util";
import { batches } from "./batches.ts";
import { bulkLoad } from "./bulk-load.ts";
import { chat } from "./chat.ts";
import { drain } from "./drain.ts";
import { heldSnapshot } from "./held-snapshot.ts";
import { kill } from "./kill.ts";
import { latency } from "./latency.ts";
import { endChildren } from "./lib/child.ts";
import { writeDocument } from "./lib/document.ts";
import { describeMachine } from "./lib/machine.ts";
import type { Part } from "./lib/part.ts";
import { openServer, type Server } from "./lib/server.ts";
import { cellsOf, table } from "./lib/table.ts";
import { puts } from "./puts.ts";
import { wal } from "./wal.ts";

const PARTS: Part[] = [puts, batches, drain, latency, heldSnapshot, bulkLoad, kill, wal, chat];
const NAMES = PARTS.map((part) => part.name);
const USAGE = `usage: npm run bench -- [PART...] [--quick] [--write]
  PART     ${NAMES.join(", ")}; all of them if none is named (about an hour)
  --quick  short loads, to see that it works (a few minutes)
  --write  put the figures into docs/benchmarks.md
BENCH_DATABASE_URL: a server to use, as superuser; else one is started for the run.
`;

const { chosen, quick, write } = readArguments();
let server: Server | undefined;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);

try {
  server = await openServer(progress);
  const machine = describeMachine(server.description);
  const measured = new Map<string, string[][]>();
  for (const part of chosen) {
    progress(part.name);
    const figures = await part.run({ server, quick, progress: (line) => progress(`  ${line}`) });
    const day = new Date().toISOString().slice(0, 10) + (quick ? ", quick" : "");
    measured.set(
      part.name,
      figures.map((figure) => cellsOf(part.name, figure, day)),
    );
  }
  process.stdout.write(`\n${machine}\n\n${table([...measured.values()].flat())}\n`);
  if (write) writeDocument(machine, NAMES, measured);
} catch (error) {
  if (!interrupted) fail(error);
}
if (!interrupted) await end();

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: "boolean" }, write: { type: "boolean" }, help: { type: "boolean" } },
    });
    const unknown = positionals.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) throw new Error(`unknown part "${unknown}"`);
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit();
    }
    const chosen = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { chosen, quick: values.quick ?? false, write: values.write ?? false };
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Leaves nothing behind. Ctrl-C may come twice: from the terminal, and passed on by npm. */
async function interrupt(): Promise<void> {
  if (interrupted) return;
  interrupted = true;
  process.exitCode = 130;
  await end();
}

async function end(): Promise<void> {
  endChildren();
  await server?.stop();
  process.exit();
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  if (process.env.PARLEY_LOG_LEVEL === "debug") process.stderr.write(`${(error as Error).stack}\n`);
}
