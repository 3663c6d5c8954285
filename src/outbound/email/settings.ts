import { isIP } from "node:net";
import { z } from "zod";
import { isLanguage, isTimeZone } from "../local-time.ts";
import { readAddress, readMailbox } from "./address.ts";
import { templateFault } from "./template.ts";

const MOST_RECIPIENTS = 50;
const LONGEST_HOST = 253;
const LONGEST_SUBJECT = 500;
const LONGEST_BODY = 64 * 1024;

const host = z
  .string()
  .max(LONGEST_HOST)
  .refine(
    (name) => isIP(name) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(name),
    "expected the name or the address of a mail server",
  );

const smtp = z
  .strictObject({
    host,
    port: z.int().min(1).max(65_535).optional(),
    /** `none` works for servers of one's own network only, and only where those are allowed. */
    security: z.enum(["starttls", "tls", "none"]).default("starttls"),
  })
  .transform((server) => ({ ...server, port: server.port ?? (server.security === "tls" ? 465 : 587) }));

const mailbox = z.string().transform((text, context) => {
  const read = readMailbox(text);
  if (read) return read;
  context.addIssue({ code: "custom", message: "expected one address: Support <support@example.com>" });
  return z.NEVER;
});

const addresses = z
  .array(
    z.string().transform((text, context) => {
      const read = readAddress(text);
      if (read !== undefined) return read;
      context.addIssue({ code: "custom", message: "expected an address: support@example.com" });
      return z.NEVER;
    }),
  )
  .max(MOST_RECIPIENTS);

function template(kind: "text" | "html", longest: number) {
  return z
    .string()
    .max(longest)
    .superRefine((source, context) => {
      const fault = templateFault(source, kind);
      if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
    })
    .optional();
}

const templates = z.strictObject({
  subject: template("text", LONGEST_SUBJECT),
  text: template("text", LONGEST_BODY),
  html: template("html", LONGEST_BODY),
});

const eventSettings = {
  /** Who gets it that comes to none of the departments below. */
  to: addresses.default([]),
  departments: z
    .record(z.string().regex(/^\d{1,10}$/, "expected the id of a department"), addresses)
    .default({}),
  to_visitor: z.boolean().default(false),
  templates: templates.prefault({}),
  visitor_templates: templates.prefault({}),
};

/** Settings of a destination of kind `email`. An event that is left out is not mailed. */
export const emailSettings = z.strictObject({
  smtp,
  from: mailbox,
  /** Where answers go. Without it: those of the account's people to the visitor, the visitor's to `from`. */
  reply_to: mailbox.optional(),
  /** BCP 47: how dates and times are written. */
  language: z.string().refine(isLanguage, "expected a language such as en-GB or de").default("en-GB"),
  /** IANA: of the times in mails to the account's own people, and to visitors whose zone is unknown. */
  time_zone: z.string().refine(isTimeZone, "expected a time zone such as Europe/Berlin").default("UTC"),
  "chat.ended": z
    .strictObject({ ...eventSettings, only: z.enum(["all", "answered", "missed"]).default("all") })
    .optional(),
  "offlineMessage.submitted": z.strictObject(eventSettings).optional(),
});

export type EmailSettings = z.output<typeof emailSettings>;
export type Templates = z.output<typeof templates>;

/** What the server wants to know us by; both or none. */
export const emailSecrets = z
  .strictObject({ user: z.string().min(1).optional(), password: z.string().min(1).optional() })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: "expected user and password, or neither",
  });

export type EmailSecrets = z.output<typeof emailSecrets>;
