import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const PROGRAMS = path.join(import.meta.dirname, "../processes");

const running = new Set<ChildProcess>();

/** Ends all programs that still run: nobody waits for their reports any more. */
export function endChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A program of `bench/processes` in a process of its own. */
export class Child<Report, About = void> {
  /** Resolves when it has started its work, with what it tells about itself. */
  readonly ready: Promise<About>;
  readonly #process: ChildProcess;
  readonly #endedEarly: Promise<never>;

  constructor(program: string, options: object) {
    this.#process = fork(path.join(PROGRAMS, program), {
      // Not among the arguments: everybody could read the password in the URL.
      env: { ...process.env, BENCH_OPTIONS: JSON.stringify(options) },
      serialization: "advanced",
    });
    running.add(this.#process);
    this.#endedEarly = once(this.#process, "exit").then(([status, signal]) => {
      running.delete(this.#process);
      throw new Error(`${program} ended early (${signal ?? `status ${status}`})`);
    });
    this.ready = this.#nextMessage().then((message) => (message as { about: About }).about);
    // Only for those who wait for it: a kill is no failure.
    for (const promise of [this.#endedEarly, this.ready]) promise.catch(() => {});
  }

  static async start<Report>(program: string, options: object): Promise<Child<Report>> {
    const child = new Child<Report>(program, options);
    await child.ready;
    return child;
  }

  /** Waits for `work`; fails at once should the program end meanwhile. */
  whileAlive<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#endedEarly]);
  }

  /** Lets it finish its work; it reports and ends. */
  finish(): Promise<Report> {
    const finished = this.#nextMessage() as Promise<{ report: Report }>;
    this.#process.send("finish", () => {});
    return finished.then(({ report }) => report);
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#endedEarly.catch(() => {});
  }

  #nextMessage(): Promise<unknown> {
    return this.whileAlive(once(this.#process, "message").then(([message]) => message));
  }
}

/**
 * The program's own half: starts its work, says that it is ready, and when told to, finishes and reports. It does not
 * outlive the process that started it.
 */
export async function runAsChild<Options>(
  start: (options: Options, tell: (about: unknown) => void) => Promise<() => Promise<unknown>>,
): Promise<void> {
  process.on("disconnect", () => process.exit());
  process.on("uncaughtException", (error) => {
    process.stderr.write(
      `error: ${process.env.PARLEY_LOG_LEVEL === "debug" ? error.stack : error.message}\n`,
    );
    process.exit(1);
  });
  let about: unknown;
  const finish = await start(JSON.parse(process.env.BENCH_OPTIONS!), (told) => {
    about = told;
  });
  process.once("message", async () => {
    process.send!({ report: await finish() }, () => process.exit());
  });
  process.send!({ about });
}
