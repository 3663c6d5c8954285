import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What every area may use. */
const SHARED = ["src/db/", "src/config.ts", "src/errors.ts", "src/log.ts"];
/** These put the areas together, so they may import any. */
const ASSEMBLE = ["src/main.ts", "src/ops/"];
/** Consumers, upkeep and services are made with these: the doors of the broker for TypeScript. */
const DOORS = ["src/broker/define-consumer.ts", "src/broker/define-upkeep.ts"];
/** Deliveries go on where the broker ends: they run in its workers, and read the documents that consumers know. */
const BEFORE_OUTBOUND = [
  "src/broker/connection-loss.ts",
  "src/broker/consumer.ts",
  "src/broker/define-consumer.ts",
  "src/broker/define-service.ts",
  "src/broker/late-commits.ts",
  "src/broker/outcome.ts",
  "src/broker/runtime.ts",
  "src/consumers/",
];

const startsWithAny = (file: string, prefixes: string[]) =>
  prefixes.some((prefix) => file.startsWith(prefix));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map(([, specifier]) => path.join(path.dirname(file), specifier!));
}

/** `src/broker/` for a file below it; the same folder serves `workers/broker/`. */
function areaOf(file: string): string {
  const [, folder, name] = file.split("/");
  // The queues of destinations are read by consumers beside the others.
  const isAccepting = file.startsWith("workers/consumers/") && name !== "persistence.ts";
  return `src/${isAccepting ? "outbound" : folder}/`;
}

it("areas meet in SQL: no TypeScript import from one to another", () => {
  const files = globSync("{src,workers}/**/*.ts", { cwd: ROOT }).filter(
    (file) => !startsWithAny(file, ASSEMBLE),
  );
  expect(files.length).toBeGreaterThan(0);
  const forbidden = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !startsWithAny(imported, [...SHARED, areaOf(file)]))
      .filter((imported) => !(startsWithAny(file, ["workers/"]) && startsWithAny(imported, DOORS)))
      .filter(
        (imported) => !(startsWithAny(file, ["src/outbound/"]) && startsWithAny(imported, BEFORE_OUTBOUND)),
      )
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(forbidden).toEqual([]);
});

it("what all areas share knows none of them", () => {
  const files = globSync("src/{db/**/*,config,errors,log}.ts", { cwd: ROOT });
  expect(files.length).toBeGreaterThan(0);
  const forbidden = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !startsWithAny(imported, SHARED))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(forbidden).toEqual([]);
});
