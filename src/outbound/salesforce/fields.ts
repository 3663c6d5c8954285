import type { Field } from "jsforce/lib/types/index.js";
import { Reject } from "../../broker/outcome.ts";
import { cut, type Enquiry } from "../enquiry.ts";
import { memberText } from "../member.ts";
import { transcriptText } from "../transcript.ts";
import type { ObjectName } from "./purposes.ts";
import type { SalesforceSettings } from "./settings.ts";

/** Fields of a record to be, by name in lower case: Salesforce does not tell capitals. */
export type Fields = Map<string, { name: string; value: string }>;
export type FieldValue = string | number | boolean;

type Given = readonly { name: string; value: string | null }[];

/** Later ones win; what has no value does not count. */
export function fieldsOf(...layers: Given[]): Fields {
  const fields: Fields = new Map();
  for (const { name, value } of layers.flat()) {
    if (!/^[a-z]\w{0,79}$/i.test(name))
      throw new Reject("PA086", "a field has no name that Salesforce allows");
    if (value !== null && value !== "") fields.set(name.toLowerCase(), { name, value });
  }
  return fields;
}

/** What the settings say of an object's fields, for this event. */
export function mapped(settings: SalesforceSettings, object: ObjectName, document: unknown): Given {
  return Object.entries(settings.fields[object] ?? {}).map(([name, member]) => ({
    name,
    value: memberText(document, member),
  }));
}

export function constants(fields: Readonly<Record<string, string | null>> | undefined): Given {
  return Object.entries(fields ?? {}).map(([name, value]) => ({ name, value }));
}

/** What a new record holds if nobody says otherwise: what Salesforce requires, and who it is. */
export function standardFields(object: ObjectName, { kind, who, subject, startedAt }: Enquiry): Given {
  const email = who.emails[0] ?? null;
  const person = { LastName: who.name ?? email ?? "Visitor", Email: email, Phone: who.phone };
  switch (object) {
    case "Case":
      return constants({
        Subject: subject,
        Origin: "Web",
        SuppliedName: who.name,
        SuppliedEmail: email,
        SuppliedPhone: who.phone,
        SuppliedCompany: who.company,
      });
    case "Task":
      return constants({
        Subject: subject,
        // A chat is over and remains as history; an offline message wants an answer.
        Status: kind === "chat" ? "Completed" : "Not Started",
        ActivityDate: startedAt.slice(0, 10),
      });
    case "Contact":
      return constants(person);
    case "Lead":
      return constants({ ...person, Company: who.company ?? "[not provided]", LeadSource: "Web" });
  }
}

/** Adds the transcript to what the field holds already. */
export function withTranscript(fields: Fields, enquiry: Enquiry, settings: SalesforceSettings): Fields {
  const { transcriptField: name, longestTranscript } = settings;
  if (name === null) return fields;
  const given = fields.get(name.toLowerCase())?.value;
  const facts = enquiry.facts.map((fact) => `${fact.name}: ${fact.value}`).join("\n");
  const value = [given, facts, transcriptText(enquiry.lines, settings)].filter(Boolean).join("\n\n");
  return new Map(fields).set(name.toLowerCase(), { name, value: cut(value, longestTranscript) });
}

const TRUE = ["true", "1", "yes", "on"];
const FALSE = ["false", "0", "no", "off"];

/** The value as Salesforce's JSON has it: events hold text only. Too long a text is cut, so that it arrives at all. */
export function valueFor(field: Pick<Field, "name" | "type" | "length">, value: string): FieldValue {
  switch (field.type) {
    case "boolean": {
      const given = value.trim().toLowerCase();
      if (TRUE.includes(given)) return true;
      if (FALSE.includes(given)) return false;
      throw new Reject("PA086", `${field.name} is true or false, and was given neither`);
    }
    case "int":
    case "double":
    case "currency":
    case "percent": {
      const number = Number(value);
      if (Number.isFinite(number)) return number;
      throw new Reject("PA086", `${field.name} is a number, and was given none`);
    }
    case "string":
    case "textarea":
    case "phone":
    case "url":
      return field.length > 0 ? cut(value, field.length) : value;
    default:
      return value;
  }
}
