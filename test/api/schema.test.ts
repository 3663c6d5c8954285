import { lexicographicSortSchema, printSchema } from "grafast/graphql";
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

it("explains every field of queries and mutations", async () => {
  const { schema } = await buildSchema(db.pool);
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type!.getFields()),
  );
  expect(fields.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
});
