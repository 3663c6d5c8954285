import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { useCheckout } from "../setup/checkout.ts";

// Every run starts a server of its own.
vi.setConfig({ testTimeout: 120_000 });

const checkout = useCheckout();

const inMigrations = (name: string) => path.join(checkout.folder, "migrations", name);
const committed = () => readdirSync(inMigrations("committed"));
const commit = (message: string) => checkout.start([process.execPath, "scripts/db-commit.ts", message]).ended;

it("npm run db:commit leaves everything as it was when the change fails", async () => {
  const before = committed();
  const change = "--! include broker/now.sql\nselect 1 / 0;\n";
  writeFileSync(inMigrations("current.sql"), change);
  expect(await commit("Cannot work")).toMatchObject({ status: 1 });
  expect(readFileSync(inMigrations("current.sql"), "utf8")).toBe(change);
  expect(committed()).toEqual(before);
});

it("npm run db:commit moves the change, with the files it includes, into a new migration", async () => {
  const before = committed();
  writeFileSync(inMigrations("current.sql"), "--! include broker/now.sql\n");
  expect(await commit("Keep time")).toMatchObject({ status: 0 });
  const added = committed().filter((name) => !before.includes(name));
  expect(added).toEqual([expect.stringMatching(/^\d{6}-keep-time\.sql$/)]);
  expect(readFileSync(inMigrations(`committed/${added[0]}`), "utf8")).toContain("function broker.now()");
  expect(readFileSync(inMigrations("current.sql"), "utf8")).not.toContain("include");
});
