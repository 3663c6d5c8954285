import { tmpdir } from "node:os";
import { defineConfig } from "vitest/config";
import { folderInMemory } from "./test/setup/folder-in-memory.ts";

// Thousands of files live for a second: each database has 800.
process.env.TMPDIR ??= folderInMemory() ?? tmpdir();

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/compile-cache.ts", "test/setup/global-setup.ts"],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
