import { isIP } from "node:net";
import { z } from "zod";
import { mayConnect, type PrivateAddresses } from "./addresses.ts";

/**
 * Whether a URL is of a server in one of our own networks, given by its number: a name would lead wherever its owner likes, with the
 * credentials that are meant for somebody else.
 */
export function isOwnServer(url: string, privateAddresses: PrivateAddresses): boolean {
  const { protocol, username, password } = new URL(url);
  const host = hostOf(url);
  if (!["http:", "https:"].includes(protocol) || username !== "" || password !== "" || isIP(host) === 0)
    return false;
  // What may be called without encryption is what was allowed.
  return mayConnect(host, false, privateAddresses);
}

/** A URL that may be called, as far as can be seen without looking up its name; whoever connects looks at the address. */
export function callableUrl(privateAddresses: PrivateAddresses) {
  const mayBePlain = privateAddresses === "allow" || privateAddresses.length > 0;
  return z
    .string()
    .max(2000)
    .refine((text) => URL.canParse(text), { error: "is no URL", abort: true })
    .refine(
      (text) => new URL(text).protocol === "https:" || (mayBePlain && new URL(text).protocol === "http:"),
      { error: mayBePlain ? "must begin with https:// or http://" : "must begin with https://", abort: true },
    )
    .refine((text) => {
      const { username, password } = new URL(text);
      return username === "" && password === "";
    }, "must not hold a user or password: send a secret header instead")
    .refine((text) => !text.includes("#"), "must not have a fragment (#)")
    .refine((text) => {
      const host = hostOf(text);
      return isIP(host) === 0 || mayConnect(host, new URL(text).protocol === "https:", privateAddresses);
    }, "must not be at a private, loopback or reserved address");
}

const hostOf = (url: string) => new URL(url).hostname.replace(/^\[|\]$/g, "");
