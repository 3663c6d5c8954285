import pg from "pg";
import type { PgClient, WithPgClient } from "postgraphile/@dataplan/pg";

/** Prepared statements that a connection keeps. Clients choose the documents, and with them the statements. */
const PREPARED = 100;

/** What @types/pg does not tell of a connection. */
type Connection = Pick<pg.Connection, "stream"> & {
  parsedStatements: Record<string, string>;
  bind(message: { statement: string; values: string[] }): void;
  execute(message: object): void;
  close(message: { type: "S"; name: string }): void;
};

/** What @types/pg does not tell of a query: it is given what the server answers. */
type Submitted = {
  submit(connection: Connection): Error | null;
  handleDataRow(message: object): void;
  handleCommandComplete(message: object, connection: Connection): void;
};
const Query = pg.Query as unknown as new (
  config: pg.QueryConfig & { rowMode?: "array" },
  callback: (error: Error | undefined, result: pg.QueryResult) => void,
) => Submitted;

/**
 * A statement behind another one that makes the settings, both in one message: the server takes all up to its end for one
 * transaction, so the settings are gone afterwards, and what failed is undone.
 */
class QueryWithSettings extends Query {
  forgotten: string[] = [];
  #settings: { name: string; values: string[] };
  #areMade = false;

  constructor(settings: { name: string; values: string[] }, ...query: ConstructorParameters<typeof Query>) {
    super(...query);
    this.#settings = settings;
  }

  override submit(connection: Connection): Error | null {
    const { name, values } = this.#settings;
    connection.stream.cork();
    try {
      for (const forgotten of this.forgotten) connection.close({ type: "S", name: forgotten });
      connection.bind({ statement: name, values });
      connection.execute({});
      const error = super.submit(connection);
      // Nobody waits for the answer to what has been sent already.
      if (error) connection.stream.destroy(error);
      return error;
    } finally {
      connection.stream.uncork();
    }
  }

  override handleDataRow(message: object): void {
    if (this.#areMade) super.handleDataRow(message);
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    if (this.#areMade) super.handleCommandComplete(message, connection);
    this.#areMade = true;
  }
}

/**
 * Connections for Grafast. Each statement is a transaction of its own with the settings of the request: reads are of one
 * statement each, and so is a mutation. In place of the adaptor of @dataplan/pg, which asks the server four times for that.
 */
export function createWithPgClient(pool: pg.Pool): WithPgClient {
  return async (settings, callback) => {
    const client = await pool.connect();
    try {
      return await callback(await withSettings(client, settings ?? {}));
    } finally {
      client.release();
    }
  };
}

async function withSettings(
  client: pg.PoolClient,
  settings: Record<string, string | undefined>,
): Promise<PgClient> {
  const making = await prepareSettings(client, settings);
  return {
    async query({ text, values, arrayMode, name }) {
      const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult>();
      const query = new QueryWithSettings(
        making,
        { text, values: values ?? [], ...(arrayMode && { rowMode: "array" }), ...(name && { name }) },
        (error, result) => (error ? reject(error) : resolve(result)),
      );
      if (name) query.forgotten = remember(client, name);
      client.query(query as unknown as pg.Submittable);
      const { rows, rowCount } = await promise;
      return { rows, rowCount, notices: [] };
    },
    withTransaction() {
      throw new Error("transactions of several statements are not supported");
    },
  };
}

/** The statement that makes these settings, which a connection prepares when it is first used. */
async function prepareSettings(client: pg.PoolClient, settings: Record<string, string | undefined>) {
  const values = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  const name = `settings ${values.length / 2}`;
  if (connectionOf(client).parsedStatements[name] === undefined) {
    const calls = Array.from(
      { length: values.length / 2 },
      (_, n) => `set_config($${2 * n + 1}, $${2 * n + 2}, true)`,
    );
    await client.query({ name, text: `select ${calls.join(", ")}`, values });
  }
  return { name, values };
}

const prepared = new WeakMap<pg.PoolClient, Set<string>>();

/** Notes that a statement is used now, and returns those that have not been for longest, if there are too many. */
function remember(client: pg.PoolClient, name: string): string[] {
  let names = prepared.get(client);
  if (!names) {
    names = new Set();
    prepared.set(client, names);
  }
  names.delete(name);
  names.add(name);
  if (names.size <= PREPARED) return [];
  const [oldest] = names as Set<string> & [string];
  names.delete(oldest);
  delete connectionOf(client).parsedStatements[oldest];
  return [oldest];
}

function connectionOf(client: pg.PoolClient): Connection {
  return (client as unknown as { connection: Connection }).connection;
}
