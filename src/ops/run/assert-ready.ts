import { connect } from "../../db/connect.ts";
import { assertCurrentSchema } from "../../db/schema-state.ts";
import { assertServerVersion } from "../../db/server-version.ts";

/** One clear error before anything starts that could not work: server unreachable or too old, schema not ours. */
export async function assertReady(url: string): Promise<void> {
  const client = await connect(url, "parley");
  try {
    await assertServerVersion(client);
    await assertCurrentSchema(client);
  } finally {
    await client.end();
  }
}
