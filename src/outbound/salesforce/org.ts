import { Connection } from "jsforce/lib/connection.js";
import type { Record as SavedRecord } from "jsforce/lib/types/index.js";
import { Reject } from "../../broker/outcome.ts";
import type { Clock } from "../clock.ts";
import { DestinationDown } from "../destination-down.ts";
import type { HttpClient } from "../http/client.ts";
import { failureOf } from "./failure.ts";
import { type Fields, type FieldValue, valueFor } from "./fields.ts";
import type { ObjectName } from "./purposes.ts";
import type { DescribedObject, Session } from "./session.ts";
import type { SalesforceSettings } from "./settings.ts";
import { AttemptTransport } from "./transport.ts";

/** Fields are added to an org now and then. */
const DESCRIBED_FOR_MS = 60 * 60 * 1000;

interface OrgParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly session: Session;
  readonly settings: SalesforceSettings;
  readonly signal: AbortSignal;
}

/** What is done in an org during one attempt. Whatever is done can be done again: the outcome is the same. */
export class Org {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #settings: SalesforceSettings;
  readonly #clock: Clock;

  constructor({ http, clock, session, settings, signal }: OrgParts) {
    const { accessToken, instanceUrl } = session;
    // Without a way to refresh: jsforce would try for as long as it is refused.
    this.#connection = new Connection({
      accessToken,
      instanceUrl,
      version: settings.apiVersion,
      // Queries hold addresses: nothing is logged, whatever jsforce finds in the environment.
      logLevel: "NONE",
    });
    this.#connection._transport = new AttemptTransport(http, signal, (headers) => {
      const usage = /api-usage=(\d+)\/(\d+)/.exec(headers["sforce-limit-info"] ?? "");
      if (usage) session.usage = { share: Number(usage[1]) / Number(usage[2]), at: clock.now() };
    });
    this.#session = session;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** The record with this external id, made if there is none. */
  async make(object: ObjectName, externalId: string, fields: Fields): Promise<string> {
    const { externalIdField, saveDespiteDuplicateRules } = this.#settings;
    const described = await this.#describe(object);
    assertExternalId(object, described, externalIdField);
    const values = valuesFor(described, fields, externalIdField);
    const result = await told(object, () =>
      this.#connection.upsert(
        object,
        // jsforce puts it into the path as it is.
        { ...values, [externalIdField]: encodeURIComponent(externalId) },
        externalIdField,
        saveDespiteDuplicateRules ? { headers: { "Sforce-Duplicate-Rule-Header": "allowSave=true" } } : {},
      ),
    );
    if (result.success) return result.id;
    throw new Reject("PA086", `Salesforce refused the ${object}: ${result.errors[0]?.errorCode}`);
  }

  /** Of several with the first address that anybody has, the one changed last. Leads that became contacts are not meant. */
  async find(object: "Contact" | "Lead", emails: readonly string[]): Promise<string | null> {
    const open = object === "Lead" ? " AND IsConverted = false" : "";
    for (const email of emails) {
      const { records } = await told(object, () =>
        this.#connection.query<SavedRecord>(
          `SELECT Id FROM ${object} WHERE Email = ${soqlText(email)}${open} ORDER BY LastModifiedDate DESC LIMIT 1`,
        ),
      );
      const id: unknown = records[0]?.Id;
      if (typeof id === "string") return id;
    }
    return null;
  }

  /** Gives the record's fields these values; `onlyNull`: where they have none. */
  async update(object: ObjectName, id: string, fields: Fields, onlyNull: boolean): Promise<void> {
    const values = valuesFor(await this.#describe(object), fields, this.#settings.externalIdField);
    let names = Object.keys(values);
    if (names.length === 0) return;
    if (onlyNull) {
      const present = await told(object, () => this.#connection.retrieve(object, id, { fields: names }));
      names = names.filter((name) => present[name] === null || present[name] === undefined);
      if (names.length === 0) return;
    }
    const changes = Object.fromEntries(names.map((name) => [name, values[name]]));
    await told(object, () => this.#connection.update(object, { Id: id, ...changes }));
  }

  /** Each attempt asks for itself: one that is called off must not take others with it. */
  async #describe(object: ObjectName): Promise<DescribedObject> {
    const known = this.#session.described.get(object);
    if (known && this.#clock.now() - known.at < DESCRIBED_FOR_MS) return known;
    const { fields } = await told(object, () => this.#connection.describe(object));
    const described = {
      fields: fields.map(({ name, type, length, externalId }) => ({ name, type, length, externalId })),
      at: this.#clock.now(),
    };
    // Whoever looks again after the field was created shall see it.
    if (hasExternalId(described, this.#settings.externalIdField)) {
      this.#session.described.set(object, described);
    }
    return described;
  }
}

/** Text in SOQL. jsforce's own way leaves the backslash, with which the quotation mark could be set free. */
export function soqlText(text: string): string {
  return `'${text
    .replace(/[\\'"]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")}'`;
}

async function told<T>(object: ObjectName, call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureOf(error, object);
  }
}

function hasExternalId({ fields }: DescribedObject, name: string): boolean {
  return fields.some((field) => field.name === name && field.externalId);
}

function assertExternalId(object: ObjectName, described: DescribedObject, name: string): void {
  if (hasExternalId(described, name)) return;
  throw new DestinationDown(
    "PA085",
    `the org has no external id ${name} on ${object}: create this field there (text of 255 characters, ` +
      "External ID, Unique) and let the user we log in as see and edit it",
  );
}

function valuesFor(
  { fields: known }: DescribedObject,
  fields: Fields,
  externalIdField: string,
): Record<string, FieldValue> {
  const types = new Map(known.map((field) => [field.name.toLowerCase(), field]));
  const values = [...fields.values()].map(({ name, value }) => {
    const field = types.get(name.toLowerCase());
    return field ? ([field.name, valueFor(field, value)] as const) : ([name, value] as const);
  });
  // What identifies the record is not for the event to say, in whatever capitals.
  const identifying = ["id", externalIdField.toLowerCase()];
  return Object.fromEntries(values.filter(([name]) => !identifying.includes(name.toLowerCase())));
}
