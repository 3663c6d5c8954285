import { z } from "zod";
import type { PrivateAddresses } from "../http/addresses.ts";
import { extraHeaders, openHeaders } from "../http/headers.ts";
import { callableUrl } from "../http/url.ts";
import { isLanguage, isTimeZone } from "../local-time.ts";
import { unknownField } from "./template.ts";

/** How times of transcripts are written. */
const times = {
  timeZone: z.string().refine(isTimeZone, "must be a zone of the IANA database").default("UTC"),
  language: z.string().refine(isLanguage, "must be a language tag such as en or zh-CN").default("en"),
};

const own = z.strictObject({
  target: z.literal("own"),
  /** What TicketId of events is: the number of a ticket here, a name that somebody else gave it, or whichever is found. */
  ticketIds: z.enum(["either", "number", "external"]).default("either"),
  priority: z.enum(["low", "normal", "high", "urgent"]).default("normal"),
  ...times,
});

const body = z.record(z.string(), z.json()).refine((template) => unknownField(template) === undefined, {
  error: ({ input }) => `names {${unknownField(input)}}, which is no field`,
});

const method = z.enum(["POST", "PUT", "PATCH"]).default("POST");

function http(privateAddresses: PrivateAddresses) {
  const url = callableUrl(privateAddresses);
  return z.strictObject({
    target: z.literal("http"),
    create: z.strictObject({ url, method, body: body.optional() }),
    append: z
      .strictObject({
        url: z
          .string()
          .refine((text) => text.includes("{reference}"), "must say where the {reference} goes")
          .refine(
            // Data of an event must not choose whom we call.
            (text) => originOf(text, "a") === originOf(text, "b"),
            "must have the {reference} in its path or query",
          )
          .refine((text) => url.safeParse(text.replaceAll("{reference}", "1")).success, {
            error: ({ input }) =>
              url.safeParse(String(input).replaceAll("{reference}", "1")).error?.issues[0]?.message ??
              "is no URL",
          }),
        method,
        body: body.optional(),
      })
      .optional(),
    /** Where the answer to `create` has the ticket's id: members, or positions of a list, with dots between. */
    reference: z.string().min(1).default("id"),
    headers: openHeaders.optional(),
    ...times,
  });
}

function originOf(url: string, reference: string): string | undefined {
  const filled = url.replaceAll("{reference}", reference);
  return URL.canParse(filled) ? new URL(filled).origin : undefined;
}

/** outbound.destinations.settings of a ticket destination. `{}` is the ticket system of Parley itself. */
export function ticketSettings(privateAddresses: PrivateAddresses) {
  return z.preprocess(
    (settings) =>
      typeof settings === "object" && settings !== null && !("target" in settings)
        ? { ...settings, target: "own" }
        : settings,
    z.discriminatedUnion("target", [own, http(privateAddresses)]),
  );
}

export type OwnSettings = z.infer<typeof own>;
export type HttpSettings = z.infer<ReturnType<typeof http>>;
export type TicketSettings = OwnSettings | HttpSettings;

/** outbound.destinations.secrets, opened: what another ticket system lets us in by. */
export const ticketSecrets = z
  .strictObject({
    bearer: z
      .string()
      .regex(/^[\x21-\x7e]+$/, "must be of visible ASCII characters")
      .optional(),
    basic: z
      .strictObject({
        user: z.string().regex(/^[^:]+$/, "must not hold a colon"),
        password: z.string(),
      })
      .optional(),
    headers: extraHeaders.optional(),
  })
  .refine(
    ({ bearer, basic }) => bearer === undefined || basic === undefined,
    "must be bearer or basic, not both",
  );

export type TicketSecrets = z.infer<typeof ticketSecrets>;
