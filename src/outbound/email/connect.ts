import { connect, isIP, type Socket } from "node:net";
import { DestinationDown } from "../destination-down.ts";
import { mayConnect, type PrivateAddresses } from "../http/addresses.ts";
import { guardedLookup, type NameLookup } from "../http/guarded-lookup.ts";

export interface Guard {
  readonly privateAddresses: PrivateAddresses;
  /** How names are looked up. */
  readonly addressesOf: NameLookup;
}

interface Server {
  host: string;
  port: number;
  isEncrypted: boolean;
}

/** A connection to a mail server, at an address that may be called: what is checked is what the socket connects to. */
export async function connectGuarded(
  { host, port, isEncrypted }: Server,
  { privateAddresses, addressesOf }: Guard,
  signal: AbortSignal,
): Promise<Socket> {
  const refused = () =>
    new DestinationDown(
      "PA071",
      isEncrypted
        ? `${host} is not a public address`
        : `${host} is not an address that may be called without encryption`,
    );
  const isAllowed = (address: string) => mayConnect(address, isEncrypted, privateAddresses);
  if (isIP(host) !== 0 && !isAllowed(host)) throw refused();

  const socket = connect({ host, port, lookup: guardedLookup(addressesOf, isAllowed, refused) });
  return new Promise<Socket>((resolve, reject) => {
    const onAbort = () => socket.destroy(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.once("error", reject);
    socket.once("close", () => signal.removeEventListener("abort", onAbort));
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}
