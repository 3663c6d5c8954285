import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, vi } from "vitest";
import { addDoctorCommand } from "../../src/ops/commands/doctor.ts";
import { addErrorsCommand } from "../../src/ops/commands/errors.ts";
import { addEventsCommand } from "../../src/ops/commands/events.ts";
import { addPauseCommand } from "../../src/ops/commands/pause.ts";
import { addPutCommand } from "../../src/ops/commands/put.ts";
import { addQueuesCommand } from "../../src/ops/commands/queues.ts";
import { addReplayCommand } from "../../src/ops/commands/replay.ts";
import { addResumeCommand } from "../../src/ops/commands/resume.ts";
import { addSubscribeCommand } from "../../src/ops/commands/subscribe.ts";
import { addUnsubscribeCommand } from "../../src/ops/commands/unsubscribe.ts";
import { type TestDatabase, useDatabase } from "../setup/database.ts";

const COMMANDS = [
  addDoctorCommand,
  addErrorsCommand,
  addEventsCommand,
  addPauseCommand,
  addPutCommand,
  addQueuesCommand,
  addReplayCommand,
  addResumeCommand,
  addSubscribeCommand,
  addUnsubscribeCommand,
];

/** The command line in this process, on a database of the test file's own. */
export interface TestCommands {
  db: TestDatabase;
  /** Runs a command and returns what it printed; rejects with its error. */
  parley(...args: string[]): Promise<string>;
  /** The same with `--json`, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: each command prints a document of its own.
  parleyJson(...args: string[]): Promise<any>;
  /** Writes a file for this test file only and returns its path. */
  file(name: string, content: string | Buffer): Promise<string>;
}

/** Call at file level. */
export function useCommands(): TestCommands {
  const db = useDatabase();
  let folder: string;

  beforeAll(async () => {
    vi.stubEnv("DATABASE_URL", db.url);
    vi.stubEnv("PARLEY_LOG_LEVEL", "silent");
    folder = await mkdtemp(join(tmpdir(), "parley-test-"));
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  async function parley(...args: string[]): Promise<string> {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    for (const add of COMMANDS) add(program);
    const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      await program.parseAsync(args, { from: "user" });
      return stdout.mock.calls.map(([text]) => text).join("");
    } finally {
      stdout.mockRestore();
    }
  }

  return {
    db,
    parley,
    parleyJson: async (...args) => JSON.parse(await parley(...args, "--json")),
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
