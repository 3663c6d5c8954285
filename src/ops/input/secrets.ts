import { checkedDocument } from "./event-data.ts";
import { readText } from "./read-text.ts";

/** The secrets of a destination, from a file or standard input. */
export async function readSecrets(file: string | undefined, example: string): Promise<unknown> {
  const text = await readText(file, process.stdin, example);
  return JSON.parse(checkedDocument(text, 'Secrets are an object, such as {"token": "..."}.'));
}
