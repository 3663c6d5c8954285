import type { QueryConfig } from "pg";
import { connect } from "../../src/db/connect.ts";
import { now } from "./clock.ts";

interface Load {
  url: string;
  clients: number;
  /** Whichever comes first. */
  seconds: number;
  statements: number;
  /** The next statement of a client; named, so that it is prepared once a connection. */
  next: (client: number) => QueryConfig;
}

/** Every client sends its next statement as soon as the last one is answered. Returns statements per second. */
export async function closedLoop({ url, clients, seconds, statements, next }: Load): Promise<number> {
  const connections = await Promise.all(Array.from({ length: clients }, () => connect(url, "parley bench")));
  let sent = 0;
  const startedAt = now();
  await Promise.all(
    connections.map(async (connection, client) => {
      while (sent < statements && now() - startedAt < seconds * 1000) {
        sent++;
        await connection.query(next(client));
      }
    }),
  );
  const rate = sent / ((now() - startedAt) / 1000);
  await Promise.all(connections.map((connection) => connection.end()));
  return rate;
}
