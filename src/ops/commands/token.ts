import { type Command, Option } from "commander";
import { needsAccount, TOKEN_ROLES, type TokenRole } from "../../api/auth/roles.ts";
import { signToken } from "../../api/auth/sign.ts";
import { loadConfig } from "../../config.ts";
import { ParleyError } from "../../errors.ts";
import { parseDuration } from "../input/time.ts";
import { wholeNumber } from "../input/whole-number.ts";
import { type OutputOptions, report } from "../output.ts";
import { tokenSecret } from "../run/token-secret.ts";
import { withDatabase } from "../with-database.ts";

interface TokenOptions extends OutputOptions {
  role: TokenRole;
  account?: number;
  expires: number;
}

/** `parley token` */
export function addTokenCommand(program: Command): void {
  program
    .command("token")
    .description("print a token for the GraphQL API, for development")
    .addOption(
      new Option("--role <role>", "what it may do").choices(Object.keys(TOKEN_ROLES)).makeOptionMandatory(),
    )
    .option(
      "--account <id>",
      "the account it is for; a producer without one is a chat server of all",
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option("--expires <duration>", "how long it is valid: 15m, 2h, 7d", parseDuration, 3600)
    .option("--json", "print JSON")
    .action(async (options: TokenOptions) => {
      const { role, account, expires: seconds } = options;
      if (needsAccount(role) && account === undefined) {
        throw new ParleyError("PA026", `the token of an ${role} needs --account`, {
          hint: `psql "$(./parley url)" -c "select id, name from chat.accounts"`,
        });
      }
      const secret = tokenSecret(loadConfig());
      if (secret === undefined) {
        throw new ParleyError("PA016", "PARLEY_JWT_SECRET must be set to sign tokens with it", {
          hint: "Tokens for PARLEY_JWKS_URL come from the identity provider.",
        });
      }
      if (account !== undefined) await warnOfUnknown(account);
      const token = await signToken(secret, { role, account, seconds });
      report(options, { token, role, account: account ?? null, expiresInSeconds: seconds }, () => token);
    });
}

/** A mistyped account has no numbers, and says nothing. That it cannot be looked up keeps nobody from signing. */
async function warnOfUnknown(account: number): Promise<void> {
  try {
    await withDatabase(async (db) => {
      const { rows } = await db.query("select from chat.accounts where id = $1", [account]);
      if (rows.length === 0) warn(`there is no account ${account} yet`);
    });
  } catch (error) {
    warn(`whether there is an account ${account} could not be looked up: ${(error as Error).message}`);
  }
}

function warn(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}
