import { isIP } from "node:net";
import { z } from "zod";
import { mayConnect, type PrivateAddresses } from "./addresses.ts";

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
      const { hostname, protocol } = new URL(text);
      const host = hostname.replace(/^\[|\]$/g, "");
      return isIP(host) === 0 || mayConnect(host, protocol === "https:", privateAddresses);
    }, "must not be at a private, loopback or reserved address");
}
