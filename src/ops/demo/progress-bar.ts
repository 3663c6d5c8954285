import { styleText } from "node:util";

const WIDTH = 30;

/** Shows on standard error how far a long command is: a bar on a terminal, else a line when it begins. */
export interface ProgressBar {
  show(done: number, of: number): void;
  end(): void;
}

type Stream = Pick<NodeJS.WriteStream, "write" | "isTTY">;

export function createProgressBar(what: string, stream: Stream = process.stderr): ProgressBar {
  if (!stream.isTTY) {
    let isSaid = false;
    return {
      show() {
        if (!isSaid) stream.write(`${what} …\n`);
        isSaid = true;
      },
      end() {},
    };
  }
  let isShown = false;
  return {
    show(done, of) {
      const filled = Math.round((WIDTH * done) / of);
      const bar = styleText("cyan", "█".repeat(filled)) + "░".repeat(WIDTH - filled);
      stream.write(`\r${what} ${bar} ${`${Math.floor((100 * done) / of)}`.padStart(3)} %`);
      isShown = true;
    },
    end() {
      if (isShown) stream.write("\n");
    },
  };
}

/** For `--json`. */
export const noProgressBar: ProgressBar = { show() {}, end() {} };
