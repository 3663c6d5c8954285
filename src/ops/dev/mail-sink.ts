import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

export interface SunkMail {
  readonly id: number;
  readonly receivedAt: Date;
  readonly from: string;
  /** Whom it was for by its envelope. */
  readonly to: string[];
  readonly mail: Email;
  readonly source: Buffer;
}

export interface MailSink {
  readonly port: number;
  /** The newest first. */
  mails(): SunkMail[];
  find(id: number): SunkMail | undefined;
  stop(): Promise<void>;
}

/** Where docs/consumers/email.md has destinations of development send to. */
export const MAIL_SINK_PORT = 2525;

const MOST_KEPT = 200;
const LARGEST_MAIL = 5 * 1024 * 1024;

/**
 * A mail server for development: takes every mail from this machine and sends none, so that what would go out can be looked at. Keeps the
 * last ones in memory.
 */
export async function startMailSink(wantedPort = MAIL_SINK_PORT): Promise<MailSink> {
  const kept: SunkMail[] = [];
  let lastId = 0;
  const server = new SMTPServer({
    banner: "Parley's sink: mails end here",
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authOptional: true,
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    // Whoever they are.
    onAuth: ({ username }, _session, callback) => callback(null, { user: username ?? "anybody" }),
    async onData(stream, { envelope }, callback) {
      try {
        const source = await buffer(stream);
        if (stream.sizeExceeded) return callback(new Error("mail too large"));
        const mail = await PostalMime.parse(source, { attachmentEncoding: "arraybuffer" });
        lastId += 1;
        kept.unshift({
          id: lastId,
          receivedAt: new Date(),
          from: envelope.mailFrom ? envelope.mailFrom.address : "",
          to: envelope.rcptTo.map(({ address }) => address),
          mail,
          source,
        });
        kept.length = Math.min(kept.length, MOST_KEPT);
        callback(null, `kept as ${lastId}`);
      } catch (error) {
        callback(error as Error);
      }
    },
  });
  // Of sessions that break off.
  server.on("error", () => {});

  return {
    port: await listen(server, wantedPort),
    mails: () => [...kept],
    find: (id) => kept.find((mail) => mail.id === id),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** At the wanted port, or at any if another program has it. */
async function listen({ server }: SMTPServer, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (port === 0) throw error;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return (server.address() as AddressInfo).port;
}
