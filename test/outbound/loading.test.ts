import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const modules = ["salesforce", "zendesk"].flatMap((kind) =>
  readdirSync(new URL(`src/outbound/${kind}`, ROOT)).map((file) => `./src/outbound/${kind}/${file}`),
);

it("Node itself finds in jsforce and node-zendesk, which are no ES modules, what is imported from them", async () => {
  const program = `await Promise.all(${JSON.stringify(modules)}.map((module) => import(module)))`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { cwd: ROOT });
  await expect(run).resolves.toMatchObject({ stderr: "" });
});
