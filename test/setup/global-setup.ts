import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startThrowaway } from "../../src/db/embedded/throwaway.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createLog } from "../../src/log.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the migrated database that `useDatabase` clones. */
    templateUrl: string;
  }
}

/** One server and one migrated template database for the whole run: TEST_DATABASE_URL (a superuser), or an own server. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.TEST_DATABASE_URL;
  const server = external ? { url: external, stop: async () => {} } : await startThrowaway();
  const name = `parley_template_${randomBytes(4).toString("hex")}`;
  const templateUrl = new URL(server.url);
  templateUrl.pathname = name;

  await onServer(server.url, `create database ${name}`);
  await migrate(templateUrl.href, createLog("warn"));
  project.provide("templateUrl", templateUrl.href);

  return async () => {
    await onServer(server.url, `drop database ${name} with (force)`);
    await server.stop();
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}
