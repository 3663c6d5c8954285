import "graphile-build-pg";
import type { FieldArgs, Step } from "grafast";
import {
  type GraphQLField,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  getNamedType,
  isNonNullType,
  isObjectType,
} from "grafast/graphql";
import { type PgCodec, TYPES } from "postgraphile/@dataplan/pg";
import { type SQL, sql } from "postgraphile/pg-sql2";
import { type PgConnection, TextOfRowsStep } from "./text-of-rows.ts";

/** The field of connections that answers `nodes` as text. No document can name it: we put it into those that we execute. */
export const ROWS = "nodes as text";

/** SQL of the JSON text of a column, or of a field of a row. */
type Json = (of: SQL) => SQL;

/** By the names of fields. */
type Columns = Map<string, Json>;

/** Of columns that are not null. Ours hold no float that is not finite. */
const JSON_OF = new Map<PgCodec, Json>([
  [TYPES.boolean, (column) => sql`${column}::text`],
  [TYPES.int2, (column) => sql`${column}::text`],
  [TYPES.int, (column) => sql`${column}::text`],
  [TYPES.float, (column) => sql`${column}::text`],
  [TYPES.text, (column) => sql`to_json(${column})::text`],
  [TYPES.timestamptz, (column) => quoted(TYPES.timestamptz.castFromPg!(column, true))],
]);

const columnsOf = new WeakMap<GraphQLObjectType, Columns>();

/** The fields of a connection's nodes that can be answered as text; undefined: none. */
export function fieldsAsText(connection: GraphQLObjectType): { has(field: string): boolean } | undefined {
  return columnsOf.get(connection);
}

/**
 * Rows of a page as one text, which PostgreSQL makes: field by field, a report of thousands of rows takes the server longer than
 * the database.
 */
export const RowsPlugin: GraphileConfig.Plugin = {
  name: "RowsPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      finalize(schema, build) {
        for (const type of Object.values(schema.getTypeMap())) {
          if (!isObjectType(type)) continue;
          const { isConnectionType, pgCodec } = (build.scopeByType.get(type) ??
            {}) as GraphileBuild.ScopeObject;
          if (!isConnectionType || !pgCodec?.attributes) continue;
          const columns = columnsOfNodes(type, pgCodec, build.inflection);
          columnsOf.set(type, columns);
          // Not among those that are listed: nobody is shown it.
          Object.defineProperty(type.getFields(), ROWS, { value: rowsField(columns) });
        }
        return schema;
      },
    },
  },
};

function columnsOfNodes(
  connection: GraphQLObjectType,
  codec: PgCodec,
  inflection: GraphileBuild.Inflection,
): Columns {
  const node = getNamedType(connection.getFields().nodes!.type) as GraphQLObjectType;
  const columns: Columns = new Map([["__typename", () => text(JSON.stringify(node.name))]]);
  for (const [attributeName, attribute] of Object.entries(codec.attributes!)) {
    const name = inflection.attribute({ attributeName, codec: codec as never });
    const field = node.getFields()[name];
    const json = field && jsonOf(attribute.codec, field.type);
    if (json) columns.set(name, (row) => json(sql`${row}.${sql.identifier(attributeName)}`));
  }
  return columns;
}

/** Null where it must not be makes the row null. */
function jsonOf(codec: PgCodec, type: GraphQLOutputType): Json | undefined {
  const isId = getNamedType(type).name === "BigInt";
  const json =
    codec === TYPES.bigint
      ? (column: SQL) => (isId ? quoted(sql`${column}::text`) : sql`${column}::text`)
      : JSON_OF.get(codec);
  if (!json || isNonNullType(type)) return json;
  return (column) => sql`coalesce(${json(column)}, 'null')`;
}

function rowsField(columns: Columns): GraphQLField<unknown, unknown> {
  const names = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)));
  const arg = (name: string) => ({
    name,
    description: null,
    type: names,
    defaultValue: undefined,
    deprecationReason: null,
    extensions: {},
    astNode: null,
  });
  return {
    name: ROWS,
    description: null,
    type: new GraphQLNonNull(GraphQLString),
    args: [arg("keys"), arg("fields")],
    deprecationReason: null,
    extensions: {
      grafast: {
        plan($connection: PgConnection, args: FieldArgs) {
          const keys = listOf(args.getRaw("keys"));
          const fields = listOf(args.getRaw("fields"));
          return new TextOfRowsStep($connection, (row) => {
            const members = keys.map(
              (key, n) => sql`${text(`${n === 0 ? "{" : ","}"${key}":`)} || ${columns.get(fields[n]!)!(row)}`,
            );
            return sql`${sql.join(members, " || ")} || '}'`;
          });
        },
      },
    },
  } as unknown as GraphQLField<unknown, unknown>;
}

/** What we wrote into the document is known when it is planned. */
function listOf(step: Step): string[] {
  return (step as Step & { eval(): string[] }).eval();
}

function quoted(value: SQL): SQL {
  return sql`'"' || ${value} || '"'`;
}

function text(value: string): SQL {
  return sql`${sql.literal(value)}::text`;
}
