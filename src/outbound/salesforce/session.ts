import { OAuth2, type TokenResponse } from "jsforce/lib/oauth2.js";
import type { Field } from "jsforce/lib/types/index.js";
import type { Destination } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { DestinationDown } from "../destination-down.ts";
import type { HttpClient } from "../http/client.ts";
import { LIMIT_PAUSE_S, SessionExpired } from "./failure.ts";
import type { ObjectName } from "./purposes.ts";
import { isServer, type SalesforceSecrets, type SalesforceSettings } from "./settings.ts";
import { AttemptTransport } from "./transport.ts";

export type SalesforceDestination = Destination<SalesforceSettings, SalesforceSecrets>;

/** What an org's own objects are like. */
export interface DescribedObject {
  readonly fields: readonly Pick<Field, "name" | "type" | "length" | "externalId">[];
  /** When they were so, by the adapter's clock. */
  readonly at: number;
}

/** Being logged in to an org, and what was learnt about it meanwhile. */
export interface Session {
  readonly accessToken: string;
  readonly instanceUrl: string;
  readonly described: Map<ObjectName, DescribedObject>;
  /** Of the API calls of 24 hours, as the last answer said. */
  usage: { share: number; at: number } | null;
}

interface LoggedIn {
  /** A session is good for those it was opened with. */
  readonly credentials: string;
  readonly session: Promise<Session>;
}

/** Sessions by destination, in memory only. All attempts at a destination share one, and one login. */
export class Sessions {
  readonly #http: HttpClient;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #loggedIn = new Map<number, LoggedIn>();

  constructor(http: HttpClient, clock: Clock) {
    this.#http = http;
    this.#clock = clock;
  }

  /** Runs `work`, which must be repeatable, with a session; with a new one, once, where the session turns out to have expired. */
  async use<T>(
    destination: SalesforceDestination,
    signal: AbortSignal,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = await this.#of(destination, signal);
    assertWithinLimit(session, destination.settings, this.#clock.now());
    try {
      return await work(session);
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
      await this.#forget(destination.id, session);
    }
    try {
      return await work(await this.#of(destination, signal));
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
      throw new DestinationDown("PA088", "Salesforce takes its own new access token for invalid");
    }
  }

  close(): void {
    this.#closing.abort(new Error("closing"));
    this.#loggedIn.clear();
  }

  #of(destination: SalesforceDestination, signal: AbortSignal): Promise<Session> {
    const { id, settings, secrets } = destination;
    const credentials = JSON.stringify([settings.loginUrl, settings.instanceUrl, secrets]);
    let entry = this.#loggedIn.get(id);
    if (entry?.credentials !== credentials) {
      entry = { credentials, session: this.#logIn(destination) };
      this.#loggedIn.set(id, entry);
      const { session } = entry;
      session.catch(() => {
        if (this.#loggedIn.get(id)?.session === session) this.#loggedIn.delete(id);
      });
    }
    return unlessAborted(entry.session, signal);
  }

  /** Unless another attempt has done so, and logged in again, already. */
  async #forget(id: number, expired: Session): Promise<void> {
    const entry = this.#loggedIn.get(id);
    if (entry && (await entry.session.catch(() => null)) === expired && this.#loggedIn.get(id) === entry) {
      this.#loggedIn.delete(id);
    }
  }

  async #logIn({ settings, secrets }: SalesforceDestination): Promise<Session> {
    const { clientId, clientSecret, refreshToken, username, password } = secrets;
    const oauth = new OAuth2({
      loginUrl: settings.loginUrl,
      clientId,
      ...(clientSecret !== undefined && { clientSecret }),
    });
    oauth._transport = new AttemptTransport(this.#http, this.#closing.signal, () => {});
    const token = await refusalTold(() => {
      if (refreshToken !== undefined) return oauth.refreshToken(refreshToken);
      if (username !== undefined && password !== undefined) return oauth.authenticate(username, password);
      return oauth.requestToken({ grant_type: "client_credentials" });
    });
    const instanceUrl = settings.instanceUrl ?? token.instance_url;
    if (!URL.canParse(instanceUrl) || !isServer(instanceUrl, this.#http.privateAddresses)) {
      throw new DestinationDown("PA088", "the login server names an instance that is not one of Salesforce");
    }
    return {
      accessToken: token.access_token,
      instanceUrl: new URL(instanceUrl).origin,
      described: new Map(),
      usage: null,
    };
  }
}

/** OAuth's own code says why; its description may name the user. */
async function refusalTold(logIn: () => Promise<TokenResponse>): Promise<TokenResponse> {
  try {
    const token = await logIn();
    if (typeof token?.access_token === "string") return token;
  } catch (error) {
    if (!(error instanceof Error) || !/^[a-z_]{1,60}$/.test(error.name)) throw error;
    throw new DestinationDown("PA088", `Salesforce refuses the login: ${error.name}`);
  }
  throw new DestinationDown("PA088", "the login server gave no access token");
}

/** What others in the org need is left to them; after a pause one delivery asks how things stand. */
function assertWithinLimit({ usage }: Session, { apiLimitShare }: SalesforceSettings, now: number): void {
  if (!usage || usage.share < apiLimitShare) return;
  const retryAfterSeconds = LIMIT_PAUSE_S - Math.floor((now - usage.at) / 1000);
  if (retryAfterSeconds <= 0) return;
  const percent = Math.round(usage.share * 100);
  throw new DestinationDown("PA089", `${percent} % of the org's API calls of 24 hours are used up`, {
    retryAfterSeconds,
  });
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
