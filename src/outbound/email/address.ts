import { domainToASCII } from "node:url";
import addressparser from "nodemailer/lib/addressparser";
import { oneLine } from "../transcript.ts";

/** Somebody with a mailbox. `address` is in one spelling: its domain in ASCII, lower case. */
export interface Mailbox {
  name: string;
  address: string;
}

const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;
const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
/** A dot-atom, of any alphabet (RFC 6531). Quoted local parts, which hardly anybody has, are not understood. */
const LOCAL_PART = new RegExp(`^${ATOM}(\\.${ATOM})*$`, "u");
const DOMAIN = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z]([a-z\d-]{0,61}[a-z\d])?$/;

/** The address in the spelling that it is mailed to; undefined if it is none, or more than one. */
export function readAddress(given: string): string | undefined {
  const text = given.trim().normalize("NFC");
  const at = text.lastIndexOf("@");
  const localPart = text.slice(0, Math.max(at, 0));
  const domain = text.slice(at + 1);
  if (!LOCAL_PART.test(localPart) || Buffer.byteLength(localPart) > LONGEST_LOCAL_PART) return undefined;
  // The URL parser that knows IDN would skip over these.
  if (/[\s\p{Cc}%]/u.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  if (!DOMAIN.test(ascii) || localPart.length + 1 + ascii.length > LONGEST_ADDRESS) return undefined;
  return `${localPart}@${ascii}`;
}

/** Reads `Support <support@example.com>` or the address alone. */
export function readMailbox(given: string): Mailbox | undefined {
  if (/[\r\n]/.test(given)) return undefined;
  const [mailbox, ...others] = addressparser(given, { flatten: true });
  const address = mailbox && readAddress(mailbox.address);
  if (address === undefined || others.length > 0) return undefined;
  return { name: oneLine(mailbox!.name), address };
}

/** A link to write there; undefined if it is no address. What it holds cannot add a recipient or a text. */
export function mailtoOf(given: string | null): string | undefined {
  const address = readAddress(given ?? "");
  if (address === undefined) return undefined;
  return `mailto:${encodeURIComponent(address.slice(0, address.lastIndexOf("@")))}@${domainOf(address)}`;
}

/** What two spellings of one mailbox have in common. */
export function sameMailbox(address: string): string {
  return address.toLowerCase();
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
