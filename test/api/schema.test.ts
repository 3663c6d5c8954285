import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLScalarType,
  isEnumType,
  isIntrospectionType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "grafast/graphql";
import { expect, it } from "vitest";
import { buildSchema } from "../../src/api/schema/build.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

it("docs/schema.graphql is the schema: after a change, npm test -- test/api/schema.test.ts -u", async () => {
  const { schema } = await buildSchema(db.pool);
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot(
    "../../docs/schema.graphql",
  );
});

it("shows nothing but schema api, and nothing of it that begins with an underscore", async () => {
  const { schema } = await buildSchema(db.pool);
  const names = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith("__"));
  expect(names.filter((name) => name.startsWith("_"))).toEqual([]);
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type!.getFields()),
  );
  expect(fields.filter((name) => /^_|^(create|update|delete)[A-Z]/.test(name))).toEqual([]);
});

it("answers ids as texts, what is counted as numbers that are exact", async () => {
  const { schema } = await buildSchema(db.pool);
  const { id, resolutions } = (schema.getType("ReportRow") as GraphQLObjectType).getFields();
  expect([String(id!.type), String(resolutions!.type)]).toEqual(["BigInt", "Count!"]);
  const count = schema.getType("Count") as GraphQLScalarType;
  expect(count.serialize("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => count.serialize("9007199254740992")).toThrow("beyond 2^53");
});

it("explains every type, field, argument and value", async () => {
  const { schema } = await buildSchema(db.pool);
  expect(Object.values(schema.getTypeMap()).flatMap(unexplained)).toEqual([]);
});

type Explained = { name: string; description?: string | null | undefined; args?: readonly Explained[] };

/** What of a type has no description. GraphQL's own types have theirs, and the name of an order says it. */
function unexplained(type: GraphQLNamedType): string[] {
  if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return [];
  const members: Explained[] = isEnumType(type)
    ? type.getValues().filter(() => !type.name.endsWith("OrderBy"))
    : "getFields" in type
      ? Object.values(type.getFields())
      : [];
  const args = members.flatMap((member) =>
    (member.args ?? []).map((arg) => ({ ...arg, name: `${member.name}(${arg.name})` })),
  );
  return [
    ...(type.description ? [] : [type.name]),
    ...[...members, ...args].filter((one) => !one.description).map(({ name }) => `${type.name}.${name}`),
  ];
}
