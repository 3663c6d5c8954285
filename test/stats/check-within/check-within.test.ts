import { expect, it } from "vitest";
import { useAnalyst } from "../../api/use-analyst.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const analyst = useAnalyst(db);

const refusal = { code: "PA055", hint: "Give a time from 0 to 20 years." };

it.each([0, 1, 7305 * 24 * 3600])("a service level within %i seconds is one", async (seconds) => {
  await analyst.session.query("select * from api.service_level($1)", [seconds]);
});

it.each([-1, 2 ** 31 - 1, null])("a service level within %s seconds is none", async (seconds) => {
  await expect(analyst.session.query("select * from api.service_level($1)", [seconds])).rejects.toMatchObject(
    refusal,
  );
});

it.each(["0", "20 years"])("what is reopened within %s is counted", async (time) => {
  await analyst.session.query("select * from api.reopening($1)", [time]);
});

it.each(["-1 second", "21 years", "-178000000 years", null])(
  "nothing is reopened within %s",
  async (time) => {
    await expect(analyst.session.query("select * from api.reopening($1)", [time])).rejects.toMatchObject(
      refusal,
    );
  },
);
