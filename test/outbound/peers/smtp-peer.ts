import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";
import { CERTIFICATE, KEY } from "./certificate.ts";

export interface ReceivedMail {
  readonly from: string;
  readonly to: string[];
  readonly source: string;
  readonly mail: Email;
  readonly isEncrypted: boolean;
}

/** An answer of the server: code and text. */
type Answer = readonly [code: number, text: string];

/** What the server does out of the ordinary; a test may change it meanwhile. */
export interface SmtpBehaviour {
  security: "starttls" | "tls" | "none";
  /** Nobody may send without them. */
  login?: { user: string; password: string };
  /** Bytes of a mail. */
  size?: number;
  onMailFrom?: (address: string) => Answer | undefined;
  onRecipient?: (address: string) => Answer | undefined;
  onMail?: (mail: ReceivedMail) => Answer | "drop" | "silence" | undefined;
  onConnect?: () => Answer | undefined;
}

export interface SmtpPeer {
  readonly port: number;
  readonly received: ReceivedMail[];
  readonly behaviour: SmtpBehaviour;
  /** Connections made so far, and those open. */
  connections(): { made: number; open: number };
  /** Ends all connections, as servers do with those that are idle. */
  hangUp(): void;
}

/** A real SMTP server on this machine that keeps what it was sent and does as the test says, until the test has finished. */
export async function smtpPeer(given: Partial<SmtpBehaviour> = {}): Promise<SmtpPeer> {
  const behaviour: SmtpBehaviour = { security: "starttls", ...given };
  const received: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let made = 0;

  const server = new SMTPServer({
    secure: behaviour.security === "tls",
    hideSTARTTLS: behaviour.security === "none",
    allowInsecureAuth: behaviour.security === "none",
    authOptional: behaviour.login === undefined,
    key: KEY,
    cert: CERTIFICATE,
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    ...(behaviour.size !== undefined && { size: behaviour.size }),
    onConnect: (_session, callback) => callback(failure(behaviour.onConnect?.())),
    onAuth({ username, password }, _session, callback) {
      const { user, password: right } = behaviour.login ?? {};
      if (username === user && password === right) callback(null, { user });
      else callback(failure([535, `authentication failed for ${username} with ${password}`]));
    },
    onMailFrom: ({ address }, _session, callback) => callback(failure(behaviour.onMailFrom?.(address))),
    onRcptTo: ({ address }, _session, callback) => callback(failure(behaviour.onRecipient?.(address))),
    async onData(stream, { envelope, secure }, callback) {
      const content = await buffer(stream);
      const mail: ReceivedMail = {
        from: envelope.mailFrom ? envelope.mailFrom.address : "",
        to: envelope.rcptTo.map(({ address }) => address),
        source: content.toString("utf8"),
        mail: await PostalMime.parse(content),
        isEncrypted: secure,
      };
      const answer = behaviour.onMail?.(mail);
      if (answer === "drop") return hangUp();
      if (answer === "silence") return;
      if (answer === undefined) received.push(mail);
      callback(failure(answer), "2.0.0 taken");
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  // In front of it, to see and to break connections whatever is inside.
  const front = createServer((socket) => {
    made += 1;
    sockets.add(socket);
    const inner = connect(portOf(server.server), "127.0.0.1");
    socket
      .on("error", () => {})
      .on("close", () => {
        sockets.delete(socket);
        inner.destroy();
      });
    inner.on("error", () => {}).on("close", () => socket.destroySoon());
    socket.pipe(inner).pipe(socket);
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  onTestFinished(() => {
    hangUp();
    front.close();
    server.close();
  });

  function hangUp(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    port: portOf(front),
    received,
    behaviour,
    connections: () => ({ made, open: sockets.size }),
    hangUp,
  };
}

function failure(answer: Answer | undefined): Error | null {
  return answer === undefined ? null : Object.assign(new Error(answer[1]), { responseCode: answer[0] });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
