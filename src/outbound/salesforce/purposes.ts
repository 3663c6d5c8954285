/** The objects of Salesforce that are made or changed. */
export const OBJECTS = ["Case", "Task", "Contact", "Lead"] as const;
export type ObjectName = (typeof OBJECTS)[number];

/** What is to become of a chat. */
export interface Purpose {
  readonly name: string;
  /** What is made of the chat. */
  readonly record: "Case" | "Task";
  /** Whom that belongs to, and how they are come by; null: nobody. */
  readonly person: {
    readonly object: "Contact" | "Lead";
    readonly how: "find" | "create" | "updateNullFields" | "updateAllFields";
  } | null;
}

const contact = (how: "find" | "create" | "updateNullFields" | "updateAllFields") =>
  ({ object: "Contact", how }) as const;
const lead = (how: "find" | "create") => ({ object: "Lead", how }) as const;

/** By `PurposeChatEnd`. */
export const PURPOSES: readonly Purpose[] = [
  { name: "CreateCase", record: "Case", person: null },
  { name: "AttachCaseToContact", record: "Case", person: contact("find") },
  { name: "AttachTaskToContact", record: "Task", person: contact("find") },
  { name: "AttachTaskToLead", record: "Task", person: lead("find") },
  { name: "CreateContactAndAttachCase", record: "Case", person: contact("create") },
  { name: "CreateContactAndAttachTask", record: "Task", person: contact("create") },
  { name: "CreateLeadAndAttachTask", record: "Task", person: lead("create") },
  { name: "UpdateNullContactFieldsAndAttachCase", record: "Case", person: contact("updateNullFields") },
  { name: "UpdateAllContactFieldsAndAttachCase", record: "Case", person: contact("updateAllFields") },
  { name: "UpdateNullContactFieldsAndAttachTask", record: "Task", person: contact("updateNullFields") },
  { name: "UpdateAllContactFieldsAndAttachTask", record: "Task", person: contact("updateAllFields") },
];
