import { expect, test } from "vitest";
import { plainText } from "../../../src/outbound/plain-text.ts";

test.each([
  ["paragraphs are lines", "<p>Hi <b>you</b></p><p>there</p>", "Hi you\n\nthere"],
  ["line breaks are lines", "one<br>two<BR/>three<br />four", "one\ntwo\nthree\nfour"],
  ["lists have dashes", "To do:<ul><li>one</li><li>two</li></ul>", "To do:\n\n- one\n- two"],
  [
    "links show where they lead",
    '<a class="x" href="https://a.example/?b=1&amp;c=2">here</a>',
    "here (https://a.example/?b=1&c=2)",
  ],
  [
    "links that say where they lead say it once",
    "<a href='https://a.example/'>https://a.example/</a>",
    "https://a.example/",
  ],
  ["images show their text", '<img src="x.png" alt=":-)">', ":-)"],
  ["entities are read", "Fish &amp; chips&#33; &lt;b&gt; &#x1F4E6;", "Fish & chips! <b> 📦"],
  ["what looks like markup only stays", "a < b, 3>2, I <3 you", "a < b, 3>2, I <3 you"],
  ["what nobody formats with stays", "<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["control characters go, lines stay", "a\r\nBcc: b\u0000\u001b[31m\tc", "a\nBcc: b[31m\tc"],
  ["half a surrogate pair is replaced", "\ud83d!", "\ufffd!"],
])("%s", (_what, message, text) => {
  expect(plainText(message)).toBe(text);
});

test.each([
  ["links that never end", "<a ".repeat(100_000)],
  ["attributes that never end", `<a ${"href=x ".repeat(50_000)}`],
  ["nothing but spaces", `${" ".repeat(300_000)}x`],
  ["nothing but quotes", `<a href="${"'".repeat(300_000)}`],
])("takes no longer than the message is: %s", (_what, message) => {
  const start = performance.now();
  plainText(message);
  expect(performance.now() - start).toBeLessThan(1000);
});
