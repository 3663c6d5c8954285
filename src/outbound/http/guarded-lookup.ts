import { type LookupAddress, lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

export type NameLookup = (host: string) => Promise<LookupAddress[]>;

/**
 * Asks once for all connections to one name that are being made. Names are looked up by few threads: one whose server does not answer
 * must not take them all.
 */
export function sharedLookup(lookup: typeof systemLookup = systemLookup): NameLookup {
  const asked = new Map<string, Promise<LookupAddress[]>>();
  return (host) => {
    let answer = asked.get(host);
    if (!answer) {
      answer = new Promise<LookupAddress[]>((resolve, reject) => {
        lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
      }).finally(() => asked.delete(host));
      asked.set(host, answer);
    }
    return answer;
  };
}

/** For sockets: of a name's addresses those that are allowed, `refused` if there are none. What is checked is what is connected to. */
export function guardedLookup(
  addressesOf: NameLookup,
  isAllowed: (address: string) => boolean,
  refused: (host: string) => Error,
): LookupFunction {
  return (host, { all }, callback) => {
    addressesOf(host).then(
      (addresses) => {
        const allowed = addresses.filter(({ address }) => isAllowed(address));
        const first = allowed[0];
        if (!first) callback(refused(host), "");
        else if (all) callback(null, allowed);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };
}
