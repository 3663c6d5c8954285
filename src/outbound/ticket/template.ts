/** What bodies for other ticket systems are made of. */
export const FIELDS = [
  "subject",
  "text",
  "note",
  "name",
  "email",
  "phone",
  "company",
  "visitorId",
  "kind",
  "chatId",
  "ticketId",
  "reference",
  "deliveryId",
  "departmentId",
  "department",
  "at",
  "attachments",
] as const;

export type Fields = Record<(typeof FIELDS)[number], unknown>;

const FIELD = /\{([A-Za-z]+)\}/g;

const isField = (name: string): name is keyof Fields => (FIELDS as readonly string[]).includes(name);

/**
 * A JSON document with fields in its texts. A text that is one field becomes its value, whatever that is; within a longer text fields
 * are written out. Values go into the document, never into its source: nothing in them can end a text or begin a member.
 */
export function fill(template: unknown, fields: Fields): unknown {
  if (typeof template === "string") return fillText(template, fields);
  if (Array.isArray(template)) return template.map((element) => fill(element, fields));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([member, value]) => [member, fill(value, fields)]));
}

function fillText(text: string, fields: Fields): unknown {
  const [, only] = /^\{([A-Za-z]+)\}$/.exec(text) ?? [];
  if (only !== undefined && isField(only)) return fields[only];
  return text.replace(FIELD, (_whole, name: keyof Fields) => String(fields[name] ?? ""));
}

/** A name in braces that is none of `FIELDS`; undefined: there is none. */
export function unknownField(template: unknown): string | undefined {
  if (typeof template === "string") {
    return [...template.matchAll(FIELD)].map(([, name]) => name!).find((name) => !isField(name));
  }
  if (typeof template !== "object" || template === null) return undefined;
  return Object.values(template)
    .map(unknownField)
    .find((name) => name !== undefined);
}
