import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import { buildProgram } from "../../src/ops/cli.ts";
import { type TestDatabase, useDatabase } from "../setup/database.ts";

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
    const program = buildProgram();
    const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      await program.parseAsync(args, { from: "user" });
      return stdout.mock.calls.map(([text]) => text).join("");
    } finally {
      stdout.mockRestore();
      stderr.mockRestore();
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
