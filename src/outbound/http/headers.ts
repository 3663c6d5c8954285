import { z } from "zod";

const MOST = 20;

/** Those that HTTP, or whoever signs, sets itself. */
const RESERVED =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-(type|length|encoding)|accept-encoding|user-agent|webhook-.*)$/i;

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** Visible ASCII with single spaces or more between: nothing that could end the header, or the request. */
const VALUE = /^[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?$/;

/** Headers that an owner adds to each request. Messages name the header, never its value. */
export const extraHeaders = z
  .record(
    z
      .string()
      .regex(TOKEN, { error: "is no name of a header", abort: true })
      .refine((name) => !RESERVED.test(name), "is a header that is set already"),
    z.string("must be a text").regex(VALUE, "must be of visible ASCII characters and spaces, at most 4096"),
  )
  .refine((headers) => Object.keys(headers).length <= MOST, `may be ${MOST} at most`)
  .refine(
    (headers) =>
      new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    "must not name one twice",
  );

/** What lets its bearer in, and so is no setting that everybody may read. */
const SECRET = /^(authorization|cookie|x-api-key|api-key)$/i;

/** Extra headers that are shown to whoever may see the destination. */
export const openHeaders = extraHeaders.refine(
  (headers) => !Object.keys(headers).some((name) => SECRET.test(name)),
  "must not hold authorization, cookie or api-key: these are secrets",
);
