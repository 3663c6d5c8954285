import type { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import { Agent, buildConnector } from "undici";
import { mayConnect, type PrivateAddresses } from "./addresses.ts";
import { guardedLookup, sharedLookup } from "./guarded-lookup.ts";

export interface GuardedAgentOptions {
  readonly privateAddresses: PrivateAddresses;
  readonly connectTimeoutMs?: number;
  /** Connections at once to one origin; requests beyond wait. */
  readonly connectionsPerOrigin?: number;
  /** Certificates to trust instead of the usual ones. */
  readonly ca?: string;
  /** What names are looked up with. */
  readonly lookup?: typeof systemLookup;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Destinations limit themselves; this only bounds what all that share an origin can open together. */
const CONNECTIONS_PER_ORIGIN = 256;

/** The name, or the number, leads to an address that is not to be called. */
export class AddressRefused extends Error {
  constructor(host: string, isEncrypted: boolean) {
    super(
      isEncrypted
        ? `${host} is not a public address`
        : `${host} is not an address that may be called without encryption`,
    );
    this.name = "AddressRefused";
  }
}

/**
 * Connections to public addresses only. What is checked is what the socket is given to connect to: a name's answers where they are
 * looked up for that very connection, and numbers, however they are written, as the URL parser reads them.
 */
export function guardedAgent({
  privateAddresses,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  connectionsPerOrigin = CONNECTIONS_PER_ORIGIN,
  ca,
  lookup,
}: GuardedAgentOptions): Agent {
  const addressesOf = sharedLookup(lookup);
  const connectorOf = (isEncrypted: boolean) =>
    buildConnector({
      // One request a connection: what one destination gets never depends on another's stream.
      allowH2: false,
      timeout: connectTimeoutMs,
      lookup: guardedLookup(
        addressesOf,
        (address) => mayConnect(address, isEncrypted, privateAddresses),
        (host) => new AddressRefused(host, isEncrypted),
      ),
      ...(ca === undefined ? {} : { ca }),
    });
  const encrypted = connectorOf(true);
  const plain = connectorOf(false);

  return new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
    // Whole requests have a time-out of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) => {
      const isEncrypted = options.protocol === "https:";
      const host = options.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) !== 0 && !mayConnect(host, isEncrypted, privateAddresses)) {
        callback(new AddressRefused(host, isEncrypted), null);
        return;
      }
      (isEncrypted ? encrypted : plain)(options, callback);
    },
  });
}
