import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ParleyError } from "../../errors.ts";

/** A text and the name that messages call it by. */
export interface SourceText {
  source: string;
  text: string;
}

/** Reads a UTF-8 file, or standard input for `-` and where no file is named; hints show the example. */
export async function readText(
  file: string | undefined,
  input: typeof process.stdin,
  example = "echo '{}' | ./parley put chat.started",
): Promise<SourceText> {
  if (file === undefined && input.isTTY) {
    throw new ParleyError("PA026", "nothing to read: give a file, or - and type the document", {
      hint: `For example: ${example}`,
    });
  }
  const fromInput = file === undefined || file === "-";
  const source = fromInput ? "standard input" : file;
  const bytes = fromInput ? await buffer(input) : await readBytes(file, example);
  return { source, text: decode(bytes, source) };
}

async function readBytes(file: string, example: string): Promise<Buffer> {
  // A document in place of a file name: no part of it may reach the message.
  if (/^\s*[{[]/.test(file)) {
    throw new ParleyError("PA026", "FILE is the name of a file, not the document itself", {
      hint: `Pass the document through standard input: ${example}`,
    });
  }
  try {
    return await readFile(file);
  } catch (error) {
    throw new ParleyError("PA017", `${file} cannot be read: ${reasonOf(error)}`, {
      hint: "Name a readable file, or - for standard input.",
      cause: error,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "part of the path is not a folder",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GB",
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message;
}

function decode(bytes: Buffer, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ParleyError("PA018", `${source} is not UTF-8 text`, {
      hint: "Save it as UTF-8.",
      cause: error,
    });
  }
}
