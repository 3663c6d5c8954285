import { code } from "./code.ts";
import { record } from "./record.ts";
import { int, list, long, optional, optionalVisitorId, text } from "./values.ts";

/** `Visitor`, as known when the chat ended. */
export const visitor = record(
  {
    Id: optionalVisitorId,
    Country: optional(text),
    City: optional(text),
    TimeZone: optional(int),
    Language: optional(text),
    LastName: optional(text),
    LastEmail: optional(text),
    RelatedType: optional(code(["None", "Agent", "User", "Contact", "EmailAddress", "Cookie", "Visitor"])),
    RelatedId: optional(long),
    SegmentIds: list(int),
  },
  { Id: "visitorId" },
);
