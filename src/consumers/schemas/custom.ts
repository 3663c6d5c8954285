import { record } from "./record.ts";
import { int, optional, text } from "./values.ts";

/** `CustomField`: what somebody filled in. */
export const customField = record(
  { Id: int, Name: optional(text), Value: optional(text) },
  { Id: "fieldId" },
);

/** `CustomVariable`: what the page said about its visitor. */
export const customVariable = record(
  { Id: int, Name: optional(text), Value: optional(text), Url: optional(text) },
  { Id: "variableId" },
);
