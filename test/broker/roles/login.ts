import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import { connect } from "../../../src/db/connect.ts";
import type { TestDatabase } from "../../setup/database.ts";

export interface Login {
  readonly url: string;
  /** A session of this login, closed after the tests. */
  connect(): Promise<Client>;
}

/** Call at file level, after `useDatabase`: a login that is a member of this role and nothing else, as a program would have. */
export function useLogin(db: TestDatabase, role: string): Login {
  const name = `test_${role}_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(8).toString("hex");
  const url = new URL(db.url);
  url.username = name;
  url.password = password;
  const sessions: Client[] = [];

  beforeAll(async () => {
    await db.pool.query(`create role ${name} login password '${password}' in role ${role}`);
  });

  afterAll(async () => {
    await Promise.all(sessions.map((session) => session.end()));
    await db.pool.query(`drop role ${name}`);
  });

  return {
    url: url.href,
    async connect() {
      const session = await connect(url.href, "test");
      sessions.push(session);
      return session;
    },
  };
}
