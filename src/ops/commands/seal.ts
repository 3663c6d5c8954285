import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { sealingOf } from "../../outbound/secrets-key.ts";
import { readSecrets } from "../input/secrets.ts";
import { wholeNumber } from "../input/whole-number.ts";

const EXAMPLE = `echo '{"token": "..."}' | ./parley seal --account 1 --destination 7`;

/** `parley seal --account ID --destination ID < secrets.json` */
export function addSealCommand(program: Command): void {
  program
    .command("seal")
    .description("seal the secrets of a destination, for SQL: JSON from standard input or a file")
    .argument("[file]", "file with the secrets; default: standard input")
    .requiredOption("--account <id>", "account of the destination", wholeNumber(1))
    .requiredOption(
      "--destination <id>",
      "id of the destination, the only one that opens them",
      wholeNumber(1),
    )
    .action(async (file: string | undefined, options: { account: number; destination: number }) => {
      // Before anybody types a password for nothing.
      const sealing = sealingOf(loadConfig());
      const secrets = await readSecrets(file, EXAMPLE);
      const sealed = sealing.seal(secrets, { id: options.destination, accountId: options.account });
      process.stdout.write(`${sealed}\n`);
    });
}
