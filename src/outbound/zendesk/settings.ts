import { z } from "zod";
import type { PrivateAddresses } from "../http/addresses.ts";
import { isOwnServer } from "../http/url.ts";
import { isTimeZone } from "../local-time.ts";

const id = z.int().positive();
const place = { groupId: id.optional(), brandId: id.optional() };

/** `settings` of a destination. Only Zendesk's own servers are called, and those of our own networks, by their number, for tests. */
export const zendeskSettings = (privateAddresses: PrivateAddresses) =>
  z
    .strictObject({
      /** acme of acme.zendesk.com. */
      subdomain: z
        .string()
        .regex(/^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i, "expected the part before .zendesk.com")
        .optional(),
      /** Instead of the subdomain: a server of one's own, for tests. */
      endpoint: z
        .url({ protocol: /^https?$/ })
        .refine(
          (url) => isOwnServer(url, privateAddresses),
          "expected a subdomain: only servers of networks that are allowed have an endpoint, by their number",
        )
        .optional(),
      /** Which chats become tickets: all, or those whose event asks for one. */
      chats: z.enum(["all", "asked"]).default("all"),
      /** How the transcript becomes comments: one or few for all, or one for each line, by the import API. */
      transcript: z.enum(["comments", "lines"]).default("comments"),
      /** Which comments the requester sees. */
      publicComments: z.enum(["none", "first", "all"]).default("first"),
      /** Whether TicketId of the event is the number of a Zendesk ticket, which is then continued. */
      continueTickets: z.boolean().default(true),
      ...place,
      /** By the department's id or name. */
      departments: z.record(z.string(), z.strictObject(place)).default({}),
      tags: z
        .array(z.string().regex(/^[^\s,]{1,80}$/, "expected a tag without spaces and commas"))
        .max(50)
        .default(["parley"]),
      priority: z.enum(["low", "normal", "high", "urgent"]).optional(),
      type: z.enum(["problem", "incident", "question", "task"]).optional(),
      status: z.enum(["new", "open", "pending", "hold", "solved"]).optional(),
      ticketFormId: id.optional(),
      /** Id of the custom field to the event's member: { "36001234": "CustomFields.Order number" }. */
      customFields: z
        .record(z.string().regex(/^\d{1,15}$/, "expected the id of a field"), z.string())
        .default({}),
      timeZone: z.string().refine(isTimeZone, "expected a time zone such as Europe/Kyiv").default("UTC"),
      language: z.string().default("en"),
      /** Share of the calls of a minute that may be used, by whomever, before we wait. */
      rateLimitShare: z.number().gt(0).max(1).default(0.95),
    })
    .refine(({ subdomain, endpoint }) => (subdomain === undefined) !== (endpoint === undefined), {
      path: ["subdomain"],
      message: "expected the subdomain",
    });

export type ZendeskSettings = z.output<ReturnType<typeof zendeskSettings>>;

const text = z.string().min(1);

/** `secrets`: an agent's address with an API token, or a token of OAuth. */
export const zendeskSecrets = z.union([
  z.strictObject({ email: text, apiToken: text }),
  z.strictObject({ oauthToken: text }),
]);

export type ZendeskSecrets = z.output<typeof zendeskSecrets>;
