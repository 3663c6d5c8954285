type Record_ = Record<string, unknown>;
type Condition = (record: Record_) => boolean;

const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|(!=|=|\(|\))|([A-Za-z_]\w*))/gy;

/**
 * The condition of a WHERE clause: comparisons of fields with text or booleans, joined by AND and OR. As in Salesforce a
 * quotation mark ends the text unless a backslash stands before it. Undefined: malformed.
 */
export function soqlMatches(where: string): Condition | undefined {
  const tokens = tokensOf(where);
  if (!tokens) return undefined;
  const alternatives: Condition[][] = [[]];
  for (let at = 0; at < tokens.length; at += 4) {
    const [field, operator, value, joint] = tokens.slice(at, at + 4);
    if (field?.kind !== "word" || operator?.kind !== "operator" || !value || value.kind === "operator")
      return undefined;
    alternatives.at(-1)!.push(comparison(field.text, operator.text, value));
    if (joint && joint.kind !== "word") return undefined;
    if (joint?.text.toUpperCase() === "OR") alternatives.push([]);
    else if (joint && joint.text.toUpperCase() !== "AND") return undefined;
  }
  return (record) => alternatives.some((all) => all.every((holds) => holds(record)));
}

interface Token {
  kind: "text" | "operator" | "word";
  text: string;
}

function tokensOf(where: string): Token[] | undefined {
  const tokens: Token[] = [];
  let end = 0;
  for (const { 0: whole, 1: text, 2: operator, 3: word, index } of where.matchAll(TOKEN)) {
    end = index + whole.length;
    if (text !== undefined) tokens.push({ kind: "text", text: text.replace(/\\(.)/g, "$1") });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else tokens.push({ kind: "word", text: word! });
  }
  return where.slice(end).trim() === "" ? tokens : undefined;
}

function comparison(field: string, operator: string, value: Token): Condition {
  const wanted = value.kind === "text" ? value.text.toLowerCase() : value.text.toLowerCase() === "true";
  const holds: Condition = (record) => {
    const present = record[field];
    return typeof present === "string" ? present.toLowerCase() === wanted : present === wanted;
  };
  return operator === "=" ? holds : (record) => !holds(record);
}
