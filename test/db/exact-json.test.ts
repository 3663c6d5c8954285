import { expect, test } from "vitest";
import { parseExactJson, stringifyExactJson } from "../../src/db/exact-json.ts";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();

test("whole numbers beyond 2^53 survive reading and writing to the last digit", () => {
  const text =
    '{"SessionId":9223372036854775807,"low":-9223372036854775808,"small":7,"list":[12345678901234567890]}';
  expect(stringifyExactJson(parseExactJson(text))).toBe(text);
});

test("other values come out as JSON.parse gives them", () => {
  const text = '{"ratio":0.12345678901234567,"text":"1234567890123456789","big":1e300,"none":null}';
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});

test("a document read from the database keeps its long numbers", async () => {
  const { rows } = await db.pool.query(`select '{"SessionId": 9223372036854775807}'::jsonb as data`);
  expect(rows[0].data).toEqual({ SessionId: 9223372036854775807n });
});
