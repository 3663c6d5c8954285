import { z } from "zod";
import { code } from "../../consumers/schemas/code.ts";
import type { PrivateAddresses } from "../http/addresses.ts";
import { isOwnServer } from "../http/url.ts";
import { isTimeZone } from "../local-time.ts";
import { OBJECTS, PURPOSES } from "./purposes.ts";

const fieldName = z
  .string()
  .regex(/^[a-z]\w{0,79}$/i, "expected the API name of a field, such as Subject or Order_Number__c");
const fieldsByObject = (value: z.ZodType<string>) =>
  z.partialRecord(z.enum(OBJECTS), z.record(fieldName, value)).default({});

/** A purpose by its name, or by its number as the event has it. */
const purpose = code(PURPOSES.map(({ name }) => name));

/** `settings` of a destination. Only servers of Salesforce are logged in to, and those of our own networks, by their number, for tests. */
export const salesforceSettings = (privateAddresses: PrivateAddresses) => {
  const server = z
    .url()
    .refine(
      (url) => isServer(url, privateAddresses),
      "expected https://….salesforce.com or https://….force.com",
    );
  return z.strictObject({
    /** Who gives out tokens: login.salesforce.com, test.salesforce.com, or the org's own domain. */
    loginUrl: server.default("https://login.salesforce.com"),
    /** The org, where it is not the one that the token names. */
    instanceUrl: server.optional(),
    apiVersion: z
      .string()
      .regex(/^\d{2}\.0$/, "expected a version such as 62.0")
      .default("62.0"),
    /** Tells what has been made already. */
    externalIdField: fieldName.default("Parley_Delivery_Id__c"),
    /** For chats whose event asks for nothing; null: nothing. */
    chatPurpose: purpose.nullable().default(null),
    /** For offline messages; null: nothing. */
    offlineMessagePurpose: purpose.nullable().default(0),
    /** Salesforce's field to the event's member: { "Case": { "Order__c": "CustomFields.Order number" } }. */
    fields: fieldsByObject(z.string().min(1)),
    /** Salesforce's field to a value, where nobody gives one. */
    defaults: fieldsByObject(z.string()),
    /** Where the transcript goes; null: nowhere. */
    transcriptField: fieldName.nullable().default("Description"),
    longestTranscript: z.int().min(100).max(131_072).default(32_000),
    timeZone: z.string().refine(isTimeZone, "expected a time zone such as Europe/Kyiv").default("UTC"),
    language: z.string().default("en"),
    /** What to do where a contact or lead is to be attached to and there is none. */
    ifNobodyFound: z.enum(["create", "detach", "reject"]).default("detach"),
    saveDespiteDuplicateRules: z.boolean().default(false),
    /** Share of the org's API calls of 24 hours that may be used, by whomever, before we wait. */
    apiLimitShare: z.number().gt(0).max(1).default(0.9),
  });
};

export type SalesforceSettings = z.output<ReturnType<typeof salesforceSettings>>;

const text = z.string().min(1);

/** `secrets`: an app's credentials, alone (client credentials), with a refresh token, or with a user's name and password. */
export const salesforceSecrets = z
  .strictObject({
    clientId: text,
    clientSecret: text.optional(),
    refreshToken: text.optional(),
    username: text.optional(),
    password: text.optional(),
  })
  .refine(
    ({ clientSecret, refreshToken }) => clientSecret !== undefined || refreshToken !== undefined,
    "expected a clientSecret, or a refreshToken of an app that needs no secret",
  )
  .refine(
    ({ username, password }) => (username === undefined) === (password === undefined),
    "expected username and password together",
  );

export type SalesforceSecrets = z.output<typeof salesforceSecrets>;

/** Whether credentials and customers' data may be sent there. */
export function isServer(url: string, privateAddresses: PrivateAddresses): boolean {
  const { protocol, hostname, username, port } = new URL(url);
  const isSalesforce =
    protocol === "https:" && username === "" && port === "" && /\.(salesforce|force)\.com$/.test(hostname);
  return isSalesforce || isOwnServer(url, privateAddresses);
}
