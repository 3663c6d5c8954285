import { Reject } from "../../broker/outcome.ts";
import type { Delivery, Receipt } from "../adapter.ts";
import type { Enquiry } from "../enquiry.ts";
import { constants, type Fields, fieldsOf, mapped, standardFields, withTranscript } from "./fields.ts";
import type { Org } from "./org.ts";
import type { ObjectName, Purpose } from "./purposes.ts";
import type { SalesforceSettings } from "./settings.ts";

interface Job {
  readonly purpose: Purpose;
  readonly delivery: Delivery;
  readonly enquiry: Enquiry;
  /** The event's own, whose members the settings map. */
  readonly document: unknown;
  readonly settings: SalesforceSettings;
  readonly org: Org;
}

type List = "cases" | "tasks" | "leads" | "createContact" | "updateContact";

const RECORD_ID = /^[a-z\d]{15}([a-z\d]{3})?$/i;
/** The field of the record that names its person. */
const PERSON_FIELD = { Case: "ContactId", Task: "WhoId" } as const;
const LIST_OF_RECORD = { Case: "cases", Task: "tasks" } as const;

/** Step by step, each of which finds what it did before: after a crash in between, all of them are simply done again. */
export async function carryOut(job: Job): Promise<Receipt> {
  const { purpose, enquiry, settings, org } = job;
  const personId = await personOf(job);
  const fields = newFields(job, purpose.record, [LIST_OF_RECORD[purpose.record]]);
  const field = PERSON_FIELD[purpose.record];
  if (personId !== null) fields.set(field.toLowerCase(), { name: field, value: personId });
  const id = await org.make(
    purpose.record,
    externalId(job, purpose.record),
    withTranscript(fields, enquiry, settings),
  );
  const attached = personId === null ? "" : ` of ${purpose.person?.object ?? "person"} ${personId}`;
  return { reference: `${purpose.record} ${id}${attached}` };
}

async function personOf(job: Job): Promise<string | null> {
  const { purpose, enquiry, settings, org } = job;
  const named = personNamed(job);
  if (!purpose.person) return named;
  const { object, how } = purpose.person;
  if (how === "create") return make(job, object);

  const id = named ?? (await org.find(object, enquiry.who.emails));
  if (id === null) {
    if (settings.ifNobodyFound === "create") return make(job, object);
    if (settings.ifNobodyFound === "detach") return null;
    throw new Reject("PA087", `no ${object} has an e-mail address of this visitor`);
  }
  if (how !== "find") {
    const fields = fieldsOf(mapped(settings, object, job.document), listed(enquiry, "updateContact"));
    await org.update(object, id, fields, how === "updateNullFields");
  }
  return id;
}

/** The id that the event gives itself, in the record's field for it or as that of the contact or lead. */
function personNamed({ purpose, enquiry }: Job): string | null {
  const { record, person } = purpose;
  const list = person?.object === "Lead" ? "leads" : "updateContact";
  const id =
    valueIn(listed(enquiry, LIST_OF_RECORD[record]), PERSON_FIELD[record]) ??
    (person && person.how !== "create" ? valueIn(listed(enquiry, list), "Id") : null);
  if (id === null || RECORD_ID.test(id)) return id;
  throw new Reject("PA086", `${PERSON_FIELD[record]} is not an id of Salesforce`);
}

function make(job: Job, object: "Contact" | "Lead"): Promise<string> {
  const lists: List[] = object === "Lead" ? ["leads"] : ["updateContact", "createContact"];
  return job.org.make(object, externalId(job, object), newFields(job, object, lists));
}

/** The later, the closer to this very chat. */
function newFields({ document, enquiry, settings }: Job, object: ObjectName, lists: List[]): Fields {
  return fieldsOf(
    standardFields(object, enquiry),
    constants(settings.defaults[object]),
    mapped(settings, object, document),
    ...lists.map((list) => listed(enquiry, list)),
  );
}

function listed({ salesforce }: Enquiry, list: List) {
  return salesforce?.[list] ?? [];
}

function valueIn(list: readonly { name: string; value: string | null }[], name: string): string | null {
  return list.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value || null;
}

function externalId({ delivery }: Job, object: ObjectName): string {
  return `${delivery.id}-${object}`;
}
