import type { Client } from "pg";
import { beforeAll } from "vitest";
import { useLogin } from "../broker/roles/login.ts";
import { createFirstAccount } from "../chat/first-account.ts";
import type { TestDatabase } from "../setup/database.ts";

export interface Analyst {
  /** Reads account 1. */
  readonly session: Client;
  /** What the clock of that session shows. */
  clockShows(time: string): Promise<void>;
}

/** Call at file level, after `useDatabase`: the first account, and a login that may analyse it. */
export function useAnalyst(db: TestDatabase): Analyst {
  const login = useLogin(db, "parley_analyst");
  let session: Client;

  beforeAll(async () => {
    session = await login.connect();
    await createFirstAccount(db.pool);
    await db.pool.query("insert into stats.analysts values ('parley_analyst', 1)");
  });

  return {
    get session() {
      return session;
    },
    async clockShows(time) {
      await session.query("select set_config('parley.now', $1, false)", [time]);
    },
  };
}
