import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { sealingOf } from "../../outbound/secrets-key.ts";
import { checkedDocument } from "../input/event-data.ts";
import { readText } from "../input/read-text.ts";

/** `parley seal < secrets.json` */
export function addSealCommand(program: Command): void {
  program
    .command("seal")
    .description("seal the secrets of a destination, for SQL: JSON from standard input or a file")
    .argument("[file]", "file with the secrets; default: standard input")
    .action(async (file?: string) => {
      const secrets = JSON.parse(checkedDocument(await readText(file, process.stdin)));
      process.stdout.write(`${sealingOf(loadConfig()).seal(secrets)}\n`);
    });
}
