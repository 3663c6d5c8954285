import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createProgressBar } from "../../../src/ops/demo/progress-bar.ts";

function watch(isTTY: boolean) {
  let written = "";
  const write = (text: string) => {
    written += text;
    return true;
  };
  const stream = { isTTY, write } as unknown as NodeJS.WriteStream;
  return { bar: createProgressBar("Writing", stream), written: () => stripVTControlCharacters(written) };
}

describe("the progress bar", () => {
  it("grows in one line of a terminal, and ends it", () => {
    const { bar, written } = watch(true);
    bar.show(1, 3);
    bar.show(3, 3);
    bar.end();
    const [, first, last] = written().split("\r");
    expect(first).toBe(`Writing ${"█".repeat(10)}${"░".repeat(20)}  33 %`);
    expect(last).toBe(`Writing ${"█".repeat(30)} 100 %\n`);
  });

  it("is one line elsewhere", () => {
    const { bar, written } = watch(false);
    bar.show(1, 3);
    bar.show(3, 3);
    bar.end();
    expect(written()).toBe("Writing …\n");
  });

  it("is nothing when there was nothing to do", () => {
    const { bar, written } = watch(true);
    bar.end();
    expect(written()).toBe("");
  });
});
