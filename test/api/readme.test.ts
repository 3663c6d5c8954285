import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

it("README's query is answered", async () => {
  await createTwoAccounts(db.pool);
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const queries = [...readme.matchAll(/```graphql\n(.*?)```/gs)].map(([, query]) => query!);
  expect(queries).toHaveLength(1);
  const answer = await api.query(await token("analyst", 1), queries[0]!);
  expect(answer).toEqual({
    data: {
      report: { nodes: expect.any(Array) },
      percentiles: { nodes: [expect.objectContaining({ n: 0 })] },
      liveBoard: { nodes: [expect.objectContaining({ open: 1 })] },
    },
  });
});
