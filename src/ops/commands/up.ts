import type { Command } from "commander";
import { type Config, loadConfig } from "../../config.ts";
import { withoutPassword } from "../../db/connect.ts";
import { migrate } from "../../db/migrate.ts";
import { createLog, type Log } from "../../log.ts";
import { startMailSink } from "../dev/mail-sink.ts";
import { type Database, openDatabase } from "../run/database.ts";
import { chooseHttpPort } from "../run/http-port.ts";
import { type Parts, runUntilStopped } from "../run/until-stopped.ts";
import { startWorking, type Working } from "../run/working.ts";

/** `parley up`, which is what `npm start` runs */
export function addUpCommand(program: Command): void {
  program
    .command("up")
    .description("run the whole platform: database, migrations, HTTP server, worker")
    .action(async () => {
      const config = loadConfig();
      const log = createLog(config.logLevel);
      await runUntilStopped(log, (parts) => startPlatform(config, log, parts));
      say("Parley has stopped. `npm start` goes on with the same data.");
    });
}

async function startPlatform(
  config: Config,
  log: Log,
  parts: Parts,
): Promise<{ ended: Promise<void> } | undefined> {
  const port = await chooseHttpPort(config);
  if (port !== config.port) say(`Port ${config.port} belongs to another Parley, using ${port}`);
  const database = await openDatabase({
    config,
    log,
    applicationName: `parley up, process ${process.pid}, HTTP port ${port}`,
    onlyOne: true,
    onProgress: say,
  });
  parts.add({ name: "database", ...database });
  if (parts.isStopping) return;

  const { applied } = await migrate(database.url, log);
  if (applied.length > 0) say(`Applied ${applied.join(", ")}`);
  if (parts.isStopping) return;

  // Mails to somebody real are for servers that somebody chose.
  const mailSink = config.databaseUrl === undefined ? await startMailSink() : undefined;
  if (mailSink) parts.add({ name: "mail sink", stop: mailSink.stop });

  let worker: Working | undefined;
  const isWorking = () => worker?.isRunning() ?? false;
  // Half of all code is behind it: the other commands start without.
  const { startServing } = await import("../run/serving.ts");
  const http = await startServing({ url: database.url, port, config, log, isWorking, mailSink });
  parts.add({ name: "http", ...http });
  worker = await startWorking({ url: database.url, log, observer: http.metrics.observer });
  parts.add({ name: "worker", ...worker });

  say(welcome(database, { port: http.port, mailPort: mailSink?.port, hasExplorer: config.explorer }));
  return { ended: worker.finished };
}

type Doors = { port: number; mailPort: number | undefined; hasExplorer: boolean };

function welcome({ url, dataFolder }: Database, { port, mailPort, hasExplorer }: Doors): string {
  return `
Parley is ready.

  database   ${withoutPassword(url)}${dataFolder ? `, data in ${dataFolder}` : ""}
             psql "$(./parley url)"
  HTTP       http://127.0.0.1:${port}   /healthz  /readyz  /metrics
  GraphQL    http://127.0.0.1:${port}/graphql   ./parley token --role analyst --account 1
${dataFolder ? `             http://127.0.0.1:${port}/dev/webhooks   shows webhooks posted to /dev/webhooks/NAME\n` : ""}${mailPort ? `             http://127.0.0.1:${port}/dev/mail   shows mails sent to 127.0.0.1:${mailPort}\n` : ""}${hasExplorer ? `             http://127.0.0.1:${port}/ in a browser: the explorer\n` : ""}  put        ./parley put chat.ended examples/events/chat.ended.json
  look       ./parley queues
  stop       Ctrl-C
`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
