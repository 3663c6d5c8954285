import Fastify from "fastify";
import { createTransport } from "nodemailer";
import { expect, onTestFinished, test } from "vitest";
import { mailPages } from "../../../src/ops/dev/mail-page.ts";
import { startMailSink } from "../../../src/ops/dev/mail-sink.ts";

async function useSink(port = 0) {
  const sink = await startMailSink(port);
  const app = Fastify();
  app.register(mailPages, { sink });
  onTestFinished(async () => {
    await app.close();
    await sink.stop();
  });
  const get = (url: string, from = "127.0.0.1", host = "localhost:5678") =>
    app.inject({ url, remoteAddress: from, headers: { host } });
  const send = (mail: object) =>
    createTransport({ host: "127.0.0.1", port: sink.port, ignoreTLS: true }).sendMail({
      from: "shop@shop.example",
      to: "ann@example.com",
      ...mail,
    });
  return { sink, get, send };
}

test("mails can be read: list, text, HTML, source and attachments", async () => {
  const { get, send } = await useSink();
  await send({
    subject: "Ваш чат <1>",
    text: "Привіт & bye",
    html: "<p>Привіт</p>",
    attachments: [{ filename: "рахунок.html", content: "<script>alert(1)</script>" }],
  });
  expect((await get("/dev/mail")).body).toContain("Ваш чат &lt;1&gt;");
  const page = await get("/dev/mail/1");
  expect(page.body).toContain("Привіт &amp; bye");
  expect(page.body).toContain('<iframe sandbox title="HTML" src="/dev/mail/1/html">');
  expect((await get("/dev/mail/1/html")).body).toContain("<p>Привіт</p>");
  expect((await get("/dev/mail/1/source")).body).toContain("From: shop@shop.example");
  const file = await get("/dev/mail/1/attachments/0");
  expect(file.body).toBe("<script>alert(1)</script>");
  expect(file.headers).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent("рахунок.html")}`,
    "x-content-type-options": "nosniff",
  });
});

test("nothing of a mail runs or is fetched", async () => {
  const { get, send } = await useSink();
  await send({ subject: "<script>alert(1)</script>", html: "<script>alert(1)</script>" });
  expect((await get("/dev/mail/1")).body).not.toContain("<script>");
  expect((await get("/dev/mail")).headers["content-security-policy"]).toContain("default-src 'none'");
  expect((await get("/dev/mail/1/html")).headers["content-security-policy"]).toMatch(
    /^default-src 'none';.* sandbox$/,
  );
});

test.each([
  ["another machine", "192.0.2.7", "localhost:5678"],
  ["another site's name", "127.0.0.1", "evil.example"],
])("%s is shown nothing", async (_what, from, host) => {
  const { get, send } = await useSink();
  await send({ text: "secret" });
  for (const url of ["/dev/mail", "/dev/mail/1", "/dev/mail/1/html", "/dev/mail/1/source"]) {
    expect((await get(url, from, host)).statusCode).toBe(403);
  }
});

test.each(["2", "x", "1/html", "1/attachments/0"])("there is no %s", async (path) => {
  const { get, send } = await useSink();
  await send({ text: "only text" });
  expect((await get(`/dev/mail/${path}`)).statusCode).toBe(404);
});

test("the last 200 are kept", async () => {
  const { sink, send } = await useSink();
  for (let index = 0; index < 201; index += 20) {
    await Promise.all(Array.from({ length: 20 }, () => send({ text: "x" })));
  }
  expect(sink.mails()).toHaveLength(200);
  expect(sink.mails()[0]!.id).toBe(220);
  expect(sink.find(20)).toBeUndefined();
});

test("another port is taken if the wanted one is in use", async () => {
  const first = await useSink();
  const second = await useSink(first.sink.port);
  expect(second.sink.port).not.toBe(first.sink.port);
});
