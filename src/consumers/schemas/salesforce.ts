import { code } from "./code.ts";
import { record } from "./record.ts";
import { list, optional, text } from "./values.ts";

const salesforceFieldValue = record({
  Name: text,
  Value: optional(text),
  DisplayValue: optional(text),
});

/** `Salesforce`: what is to be done there once the chat has ended, and with which fields. */
export const salesforce = record({
  PurposeChatEnd: code([
    "CreateCase",
    "AttachCaseToContact",
    "AttachTaskToContact",
    "AttachTaskToLead",
    "CreateContactAndAttachCase",
    "CreateContactAndAttachTask",
    "CreateLeadAndAttachTask",
    "UpdateNullContactFieldsAndAttachCase",
    "UpdateAllContactFieldsAndAttachCase",
    "UpdateNullContactFieldsAndAttachTask",
    "UpdateAllContactFieldsAndAttachTask",
  ]),
  Cases: list(salesforceFieldValue),
  Tasks: list(salesforceFieldValue),
  Leads: list(salesforceFieldValue),
  CreateContact: list(salesforceFieldValue),
  UpdateContact: list(salesforceFieldValue),
});
