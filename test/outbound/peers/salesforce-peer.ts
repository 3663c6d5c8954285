import { randomUUID } from "node:crypto";
import { type FaultyServer, type PeerAnswer, type PeerRequest, startFaultyServer } from "./faulty-server.ts";
import { soqlMatches } from "./soql.ts";

export type SObject = Record<string, unknown> & { Id: string };

interface FieldOfObject {
  name: string;
  type: string;
  length: number;
  externalId?: boolean;
  required?: boolean;
}

/** An org of Salesforce as its REST API shows it: what is in it, and what it knows of its fields. */
export interface SalesforcePeer extends FaultyServer {
  readonly app: {
    clientId: string;
    clientSecret: string;
    refreshToken: string;
    username: string;
    password: string;
  };
  /** By object, in the order made. */
  readonly records: Record<string, SObject[]>;
  readonly fields: Record<string, FieldOfObject[]>;
  /** Of the last 24 hours. */
  readonly usage: { used: number; limit: number };
  /** How often somebody has logged in. */
  readonly logins: () => number;
  /** Every access token given out so far is not valid any more. */
  expireSessions(): void;
  /** The refresh token is not valid any more. */
  revoke(): void;
  add(object: string, fields: Record<string, unknown>): SObject;
}

/** Prefixes of ids tell the objects apart. */
const PREFIXES: Record<string, string> = { Case: "500", Task: "00T", Contact: "003", Lead: "00Q" };
const PERSON = [
  { name: "LastName", type: "string", length: 80, required: true },
  { name: "FirstName", type: "string", length: 40 },
  { name: "Email", type: "email", length: 80 },
  { name: "Phone", type: "phone", length: 40 },
  { name: "Title", type: "string", length: 128 },
  { name: "HasOptedOutOfEmail", type: "boolean", length: 0 },
];

export async function startSalesforcePeer(): Promise<SalesforcePeer> {
  const app = {
    clientId: "3MVG9-parley",
    clientSecret: "app-secret-4711",
    refreshToken: "5Aep-refresh-4711",
    username: "integration@example.com",
    password: "hunter2-4711",
  };
  const records: Record<string, SObject[]> = { Case: [], Task: [], Contact: [], Lead: [] };
  const externalId = { name: "Parley_Delivery_Id__c", type: "string", length: 255, externalId: true };
  const fields: Record<string, FieldOfObject[]> = {
    Case: [
      ...["Subject", "Origin", "Status", "Priority", "Type"].map(textField),
      ...["SuppliedName", "SuppliedEmail", "SuppliedPhone", "SuppliedCompany"].map(textField),
      { name: "Description", type: "textarea", length: 32_000 },
      { name: "ContactId", type: "reference", length: 18 },
      { name: "Order__c", type: "double", length: 0 },
      { name: "IsEscalated", type: "boolean", length: 0 },
      externalId,
    ],
    Task: [
      ...["Subject", "Status", "Priority"].map(textField),
      { name: "Description", type: "textarea", length: 32_000 },
      { name: "ActivityDate", type: "date", length: 0 },
      { name: "WhoId", type: "reference", length: 18 },
      externalId,
    ],
    Contact: [...PERSON, externalId],
    Lead: [
      ...PERSON,
      { name: "Company", type: "string", length: 255, required: true },
      textField("LeadSource"),
      { name: "IsConverted", type: "boolean", length: 0 },
      externalId,
    ],
  };
  const usage = { used: 0, limit: 15_000 };
  let tokens = new Set<string>();
  let logins = 0;
  let revoked = false;
  let made = 0;

  const server = await startFaultyServer((request) => {
    if (request.path === "/services/oauth2/token") return giveToken(request);
    if (!tokens.has(request.headers.authorization ?? "")) {
      return failure(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }
    if (usage.used >= usage.limit) {
      return failure(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }
    usage.used += 1;
    const answer = api(request);
    return { ...answer, headers: { "Sforce-Limit-Info": `api-usage=${usage.used}/${usage.limit}` } };
  });

  return {
    ...server,
    app,
    records,
    fields,
    usage,
    logins: () => logins,
    expireSessions: () => {
      tokens = new Set();
    },
    revoke: () => {
      revoked = true;
    },
    add,
  };

  function giveToken({ body }: PeerRequest): PeerAnswer {
    const form = new URLSearchParams(body.toString());
    const denied = (error: string, description: string): PeerAnswer => ({
      status: 400,
      body: { error, error_description: description },
    });
    if (form.get("client_id") !== app.clientId)
      return denied("invalid_client_id", "client identifier invalid");
    if (form.get("client_secret") !== app.clientSecret)
      return denied("invalid_client", "invalid client credentials");
    const granted = {
      refresh_token: !revoked && form.get("refresh_token") === app.refreshToken,
      password: form.get("username") === app.username && form.get("password") === app.password,
      client_credentials: true,
    }[form.get("grant_type") ?? ""];
    if (granted === undefined) return denied("unsupported_grant_type", "grant type not supported");
    if (!granted) return denied("invalid_grant", `authentication failure for ${app.username}`);
    logins += 1;
    const token = `00D-${randomUUID()}`;
    tokens.add(`Bearer ${token}`);
    return {
      status: 200,
      body: {
        access_token: token,
        instance_url: server.url,
        id: `${server.url}/id/00D000000000001EAA/005000000000001EAA`,
        token_type: "Bearer",
        issued_at: "1700000000000",
        signature: "c2lnbmF0dXJl",
      },
    };
  }

  function api({ method, path, query, body, headers }: PeerRequest): PeerAnswer {
    const [, version, resource, object = "", third = "", fourth] =
      /^\/services\/data\/(v\d\d\.0)\/(\w+)(?:\/(\w+))?(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!version) return failure(404, "NOT_FOUND", "The requested resource does not exist");
    if (resource === "query") return find(query.get("q") ?? "");
    const known = fields[object];
    if (resource !== "sobjects" || !known)
      return failure(404, "NOT_FOUND", "The requested resource does not exist");
    if (method === "GET" && third === "describe")
      return { status: 200, body: { name: object, fields: known } };
    if (fourth !== undefined) {
      if (!known.some(({ name, externalId }) => name === third && externalId)) {
        return failure(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible");
      }
      return upsert(object, third, decodeURIComponent(fourth), parse(body), headers);
    }
    const record = records[object]!.find(({ Id }) => Id === third);
    if (!record) return failure(404, "NOT_FOUND", "The requested resource does not exist");
    if (method === "GET") {
      const wanted = query.get("fields")?.split(",") ?? Object.keys(record);
      return { status: 200, body: Object.fromEntries(wanted.map((name) => [name, record[name] ?? null])) };
    }
    const changes = parse(body);
    const wrong = faultOf(object, changes, false);
    if (wrong) return wrong;
    Object.assign(record, changes, { LastModifiedDate: nextMoment() });
    return { status: 204 };
  }

  function upsert(
    object: string,
    field: string,
    id: string,
    given: Record<string, unknown>,
    headers: PeerRequest["headers"],
  ): PeerAnswer {
    const existing = records[object]!.find((record) => record[field] === id);
    const wrong = faultOf(object, given, !existing);
    if (wrong) return wrong;
    if (existing) {
      Object.assign(existing, given, { LastModifiedDate: nextMoment() });
      return { status: 200, body: { id: existing.Id, success: true, errors: [], created: false } };
    }
    const isDouble =
      object === "Contact" && records.Contact!.some(({ Email }) => Email && Email === given.Email);
    if (isDouble && headers["sforce-duplicate-rule-header"] !== "allowSave=true") {
      return failure(400, "DUPLICATES_DETECTED", `Use one of these records? ${given.Email}`);
    }
    const { Id } = add(object, { ...given, [field]: id });
    return { status: 201, body: { id: Id, success: true, errors: [], created: true } };
  }

  function faultOf(object: string, given: Record<string, unknown>, isNew: boolean): PeerAnswer | undefined {
    const known = fields[object]!;
    for (const [name, value] of Object.entries(given)) {
      const field = known.find((one) => one.name === name);
      if (!field)
        return failure(400, "INVALID_FIELD", `No such column '${name}' on sobject of type ${object}`);
      if (field.type === "boolean" && typeof value !== "boolean") {
        return failure(
          400,
          "JSON_PARSER_ERROR",
          `Cannot deserialize instance of boolean from VALUE_STRING value ${value}`,
        );
      }
      if (field.type === "double" && typeof value !== "number") {
        return failure(
          400,
          "JSON_PARSER_ERROR",
          `Cannot deserialize instance of double from VALUE_STRING value ${value}`,
        );
      }
      if (field.length > 0 && String(value).length > field.length) {
        return failure(
          400,
          "STRING_TOO_LONG",
          `${name}: data value too large: ${value} (max length=${field.length})`,
          [name],
        );
      }
      if (field.type === "email" && !/^[^\s@]+@[^\s@]+$/.test(String(value))) {
        return failure(400, "INVALID_EMAIL_ADDRESS", `${name}: invalid email address: ${value}`, [name]);
      }
      if (field.type === "reference" && !isId(String(value))) {
        return failure(400, "INVALID_CROSS_REFERENCE_KEY", `invalid cross reference id`);
      }
    }
    const missing = isNew
      ? known.filter(({ name, required }) => required && !given[name]).map(({ name }) => name)
      : [];
    if (missing.length === 0) return undefined;
    return failure(400, "REQUIRED_FIELD_MISSING", `Required fields are missing: [${missing}]`, missing);
  }

  function isId(id: string): boolean {
    return Object.values(records).some((list) => list.some((record) => record.Id === id));
  }

  function find(soql: string): PeerAnswer {
    const [, object = "", where, limit] =
      /^SELECT Id FROM (\w+) WHERE (.*) ORDER BY LastModifiedDate DESC LIMIT (\d+)$/s.exec(soql) ?? [];
    const matches = where === undefined ? undefined : soqlMatches(where);
    if (!matches || !records[object]) return failure(400, "MALFORMED_QUERY", `unexpected token in '${soql}'`);
    const found = records[object]
      .filter(matches)
      .toSorted((one, other) => Number(other.LastModifiedDate) - Number(one.LastModifiedDate))
      .slice(0, Number(limit))
      .map(({ Id }) => ({
        attributes: { type: object, url: `/services/data/sobjects/${object}/${Id}` },
        Id,
      }));
    return { status: 200, body: { totalSize: found.length, done: true, records: found } };
  }

  function add(object: string, given: Record<string, unknown>): SObject {
    const serial = String(records[object]!.length + 1).padStart(12, "0");
    const isConverted = object === "Lead" ? { IsConverted: false } : {};
    const record = {
      Id: `${PREFIXES[object]}${serial}AAA`,
      ...isConverted,
      ...given,
      LastModifiedDate: nextMoment(),
    };
    records[object]!.push(record);
    return record;
  }

  function nextMoment(): number {
    made += 1;
    return made;
  }
}

function textField(name: string): FieldOfObject {
  return { name, type: "string", length: 255 };
}

function parse(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function failure(status: number, errorCode: string, message: string, fields: string[] = []): PeerAnswer {
  return { status, body: [{ message, errorCode, ...(fields.length > 0 && { fields }) }] };
}
