import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { createSigningSecret } from "../../src/outbound/webhook/signature.ts";
import { useHttpClient } from "../outbound/http/use-http-client.ts";
import { deliverTo, SECRET } from "../outbound/webhook/deliver.ts";
import { until } from "../setup/until.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/receive-webhooks.ts", import.meta.url));

it("docs/consumers/webhook.md shows it as it is", () => {
  const page = readFileSync(new URL("../../docs/consumers/webhook.md", import.meta.url), "utf8");
  expect(/```ts\n(.*?)```/s.exec(page)?.[1]).toBe(readFileSync(EXAMPLE, "utf8"));
});

it("receive-webhooks takes what is signed, once, and nothing else", async () => {
  const port = await freePort();
  const receiver = spawn(process.execPath, [EXAMPLE], {
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: SECRET, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void receiver.kill());
  let printed = "";
  receiver.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const url = `http://127.0.0.1:${port}/`;
  const client = useHttpClient();
  await until("the receiver listens", () =>
    client.request({ url, signal: AbortSignal.timeout(60_000) }).then(
      () => true,
      () => false,
    ),
  );

  expect(await deliverTo(url)).toMatchObject({ status: 204 });
  expect(await deliverTo(url, { delivery: { attempt: 2 } })).toMatchObject({ status: 204 });
  await expect(deliverTo(url, { secrets: { secret: createSigningSecret() } })).rejects.toMatchObject({
    receipt: { status: 400, answer: "wrong signature" },
  });
  await until("it has printed", () => printed !== "");
  expect(printed).toBe("chat.ended of site 1\n");
});

/** Nobody else takes it meanwhile, as good as certainly. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
