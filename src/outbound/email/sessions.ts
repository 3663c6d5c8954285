import { createHash } from "node:crypto";
import type { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { PrivateAddresses } from "../http/addresses.ts";
import { sharedLookup } from "../http/guarded-lookup.ts";
import { connectGuarded, type Guard } from "./connect.ts";
import { failureOfSession, type SmtpError } from "./failures.ts";
import type { EmailSecrets, EmailSettings } from "./settings.ts";

export interface SessionOptions {
  readonly privateAddresses: PrivateAddresses;
  /** What names are looked up with. */
  readonly lookup?: typeof systemLookup;
  /** Certificates to trust instead of the usual ones. */
  readonly ca?: string;
  /** How long an idle session is kept for the next mail. */
  readonly idleMs?: number;
}

/** The mail server of a destination, and how it lets us in. */
export interface MailServer {
  destinationId: number;
  smtp: EmailSettings["smtp"];
  secrets: EmailSecrets;
}

export interface Envelope {
  from: string;
  to: string[];
}

/** A logged-in session with a server, one mail at a time. */
interface Session {
  connection: SMTPConnection;
  /** Digest of what it was opened with: other credentials, other sessions. */
  key: string;
  mails: number;
  idleTimer?: NodeJS.Timeout;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Without a word from the server. Content filters of some take their time. */
const SILENCE_TIMEOUT_MS = 60_000;
const IDLE_MS = 30_000;
const MOST_IDLE = 5;
/** Servers limit it; a new session now and then also follows them when they move. */
const MOST_MAILS = 100;

/**
 * Keeps sessions with mail servers, by destination, so that not every mail waits for connecting, TLS and login. A session that a mail
 * was aborted or failed on is not used again.
 */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #guard: Guard;
  readonly #idle = new Map<number, Session[]>();
  readonly #busy = new Set<Session>();
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#guard = { privateAddresses: options.privateAddresses, addressesOf: sharedLookup(options.lookup) };
  }

  /** Offers a mail. Throws `DestinationDown` if there is no session, and what nodemailer says if the mail is not taken. */
  async send(
    server: MailServer,
    envelope: Envelope,
    message: Buffer,
    signal: AbortSignal,
  ): Promise<SMTPConnectionSendInfo> {
    const session = await this.#take(server, signal);
    this.#busy.add(session);
    try {
      const sent = await settled<SMTPConnectionSendInfo>(session.connection, signal, (done) =>
        session.connection.send({ ...envelope, size: message.length, use8BitMime: false }, message, done),
      );
      session.mails += 1;
      this.#busy.delete(session);
      this.#keep(server.destinationId, session);
      return sent;
    } catch (error) {
      this.#busy.delete(session);
      session.connection.close();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#busy) connection.close();
    for (const sessions of this.#idle.values()) for (const session of sessions) end(session);
    this.#idle.clear();
  }

  async #take(server: MailServer, signal: AbortSignal): Promise<Session> {
    const key = keyOf(server);
    const idle = this.#idle.get(server.destinationId) ?? [];
    for (let session = idle.pop(); session; session = idle.pop()) {
      clearTimeout(session.idleTimer);
      if (session.key === key && (await isAlive(session, signal))) return session;
      end(session);
    }
    return { connection: await this.#open(server, signal), key, mails: 0 };
  }

  async #open({ smtp, secrets }: MailServer, signal: AbortSignal): Promise<SMTPConnection> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    let connection: SMTPConnection | undefined;
    try {
      const isEncrypted = smtp.security !== "none";
      const socket = await connectGuarded({ ...smtp, isEncrypted }, this.#guard, limited);
      connection = new SMTPConnection({
        connection: socket,
        host: smtp.host,
        port: smtp.port,
        secure: smtp.security === "tls",
        requireTLS: smtp.security === "starttls",
        ignoreTLS: smtp.security === "none",
        tls: {
          minVersion: "TLSv1.2",
          ...(isIP(smtp.host) === 0 && { servername: smtp.host }),
          ...(this.#options.ca !== undefined && { ca: this.#options.ca }),
        },
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SILENCE_TIMEOUT_MS,
        // A peer that does not close its side keeps nobody waiting.
        socketCloseTimeout: 1000,
      });
      await logIn(connection, secrets, limited);
      return connection;
    } catch (error) {
      connection?.close();
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && error.name === "DestinationDown") throw error;
      throw failureOfSession(limited.aborted ? noAnswer() : withoutSecrets(error as SmtpError, secrets));
    }
  }

  #keep(destinationId: number, session: Session): void {
    const idle = this.#idle.get(destinationId) ?? [];
    if (this.#isClosed || idle.length >= MOST_IDLE || session.mails >= MOST_MAILS) {
      end(session);
      return;
    }
    this.#idle.set(destinationId, [...idle, session]);
    const drop = () => {
      const left = (this.#idle.get(destinationId) ?? []).filter((other) => other !== session);
      if (left.length === 0) this.#idle.delete(destinationId);
      else this.#idle.set(destinationId, left);
    };
    session.connection.once("end", drop);
    session.idleTimer = setTimeout(() => {
      drop();
      end(session);
    }, this.#options.idleMs ?? IDLE_MS).unref();
  }
}

async function logIn(
  connection: SMTPConnection,
  { user, password }: EmailSecrets,
  signal: AbortSignal,
): Promise<void> {
  // What is not waited for any more must not end the process.
  connection.on("error", () => {});
  await settled(connection, signal, (done) => connection.connect(done));
  if (user === undefined) return;
  await settled(connection, signal, (done) =>
    connection.login({ credentials: { user, pass: password } }, done),
  );
}

/** Servers drop sessions that were idle; one that answers RSET takes the next mail. */
async function isAlive({ connection }: Session, signal: AbortSignal): Promise<boolean> {
  try {
    await settled(connection, signal, (done) => connection.reset(done));
    return true;
  } catch {
    if (signal.aborted) throw signal.reason;
    return false;
  }
}

function end({ connection, idleTimer }: Session): void {
  clearTimeout(idleTimer);
  connection.quit();
}

/** The answer to one request, or why there will be none: nodemailer forgets its callbacks when it closes. */
function settled<Result>(
  connection: SMTPConnection,
  signal: AbortSignal,
  request: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const done = (error?: Error | null, result?: Result) => {
      connection.removeListener("error", done);
      connection.removeListener("end", onEnd);
      signal.removeEventListener("abort", onAbort);
      if (error) reject(error);
      else resolve(result as Result);
    };
    // The server's last words come right after.
    const onEnd = () => setImmediate(() => done(brokenOff()));
    const onAbort = () => {
      connection.close();
      done(signal.reason as Error);
    };
    connection.on("error", done);
    connection.on("end", onEnd);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    else request(done);
  });
}

/** Some servers repeat what they were told. */
function withoutSecrets(error: SmtpError, { user, password }: EmailSecrets): SmtpError {
  if (error.response === undefined || user === undefined || password === undefined) return error;
  const encoded = [password, user, `\0${user}\0${password}`].map((text) =>
    Buffer.from(text).toString("base64"),
  );
  const response = [password, user, ...encoded].reduce(
    (text, secret) => text.replaceAll(secret, "…"),
    error.response,
  );
  return Object.assign(error, { response });
}

function brokenOff(): SmtpError {
  return Object.assign(new Error("connection closed"), { code: "ECONNECTION" });
}

function noAnswer(): SmtpError {
  return Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
}

function keyOf({ smtp, secrets }: MailServer): string {
  return createHash("sha256")
    .update(JSON.stringify([smtp, secrets]))
    .digest("hex");
}
