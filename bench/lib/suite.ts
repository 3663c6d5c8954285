import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { endChildren } from "./child.ts";
import { writeDocument } from "./document.ts";
import { describeMachine } from "./machine.ts";
import type { Bench, Part } from "./part.ts";
import { openServer, type Server } from "./server.ts";
import { cellsOf, table } from "./table.ts";

/** Parts that are run by one command, and what they share. */
interface Suite<Context extends Bench> {
  /** The script in package.json. */
  name: string;
  parts: Part<Context>[];
  /** Parts that one name stands for. */
  groups?: Record<string, Part<Context>[]>;
  /** How long all parts take. */
  takes: string;
  /** Lines of the usage that tell of `options`. */
  usage: string[];
  options: ParseArgsOptionsConfig;
  /** Lends the parts what they share. */
  withContext(bench: Bench, values: Values, use: (context: Context) => Promise<void>): Promise<void>;
}

type Values = Record<string, string | boolean | undefined>;

/** Runs the parts that the command line names, on a server of their own, and prints what they measured. */
export async function runSuite<Context extends Bench>(suite: Suite<Context>): Promise<void> {
  const { name, takes, withContext } = suite;
  const names = suite.parts.map((part) => part.name);
  const groups = suite.groups ?? {};
  const usage = `usage: npm run ${name} -- [PART...] [OPTION...]
  PART     ${names.join(", ")}; all of them if none is named (${takes})
  --quick  short loads, to see that it works (a few minutes)
  --write  put the figures into docs/benchmarks.md
${suite.usage.map((line) => `  ${line}\n`).join("")}BENCH_DATABASE_URL: a server to use, as superuser; else one is started for the run.
`;
  const { chosen, values } = readArguments();
  let server: Server | undefined;
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);

  try {
    server = await openServer(progress);
    const machine = describeMachine(server.description);
    const measured = new Map<string, string[][]>();
    const quick = values.quick === true;
    const bench = { server, quick, progress: (line: string) => progress(`  ${line}`) };
    await withContext(bench, values, async (context) => {
      for (const part of chosen) {
        progress(part.name);
        const figures = await part.run(context);
        const day = new Date().toISOString().slice(0, 10) + (quick ? ", quick" : "");
        measured.set(
          part.name,
          figures.map((figure) => cellsOf(part.name, figure, day)),
        );
      }
    });
    process.stdout.write(`\n${machine}\n\n${table([...measured.values()].flat())}\n`);
    if (values.write) writeDocument(name, machine, names, measured);
  } catch (error) {
    if (!interrupted) fail(error);
  }
  if (!interrupted) await end();

  function readArguments() {
    try {
      const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
          quick: { type: "boolean" },
          write: { type: "boolean" },
          help: { type: "boolean" },
          ...suite.options,
        },
      }) as { values: Values; positionals: string[] };
      const wanted = positionals.flatMap((name) => groups[name]?.map((part) => part.name) ?? [name]);
      const unknown = wanted.find((part) => !names.includes(part));
      if (unknown !== undefined) throw new Error(`unknown part "${unknown}"`);
      if (values.help) {
        process.stdout.write(usage);
        process.exit();
      }
      const chosen = suite.parts.filter((part) => wanted.length === 0 || wanted.includes(part.name));
      return { chosen, values };
    } catch (error) {
      process.stderr.write(`error: ${(error as Error).message}\n${usage}`);
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
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  if (process.env.PARLEY_LOG_LEVEL === "debug") process.stderr.write(`${(error as Error).stack}\n`);
}
