/** Where a text stops being JSON, and what was expected there. Lines and columns count from 1. */
export interface JsonFault {
  line: number;
  column: number;
  expected: string;
}

const EXPECTED = {
  value: "a value",
  "value or ]": "a value or ]",
  name: "a member name in double quotes",
  "name or }": "a member name in double quotes, or }",
  colon: "a colon",
  "comma in {": "a comma or }",
  "comma in [": "a comma or ]",
  end: "nothing more",
} as const;

type State = keyof typeof EXPECTED;
type Bracket = "{" | "[";
type Token = Bracket | "}" | "]" | ":" | "," | "string" | "scalar";

const WHITESPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const PLAIN_CHARACTERS = /[ !#-[\]-\u{10FFFF}]*/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the fault in a text that JSON.parse refused. JSON.parse itself gives no position for the most frequent
 * mistakes, and quotes the document, which may hold personal data.
 */
export function findJsonFault(text: string): JsonFault {
  const open: Bracket[] = [];
  let state: State = "value";
  let at = 0;
  for (;;) {
    at = endOf(WHITESPACE, text, at) ?? at;
    const [token, end] = readToken(text, at);
    if (token === "broken string") return locate(text, end, "the rest of a string");
    const next: State | undefined = token && step(state, token, open);
    if (!next) return locate(text, at, EXPECTED[state]);
    state = next;
    at = end;
  }
}

/** The state after `token`, or undefined where the grammar does not allow it. */
function step(state: State, token: Token, open: Bracket[]): State | undefined {
  const wantsValue = state === "value" || state === "value or ]";
  const wantsName = state === "name" || state === "name or }";
  switch (token) {
    case "{":
    case "[":
      if (!wantsValue) return undefined;
      open.push(token);
      return token === "{" ? "name or }" : "value or ]";
    case "}":
      return state === "name or }" || state === "comma in {" ? close(open) : undefined;
    case "]":
      return state === "value or ]" || state === "comma in [" ? close(open) : undefined;
    case ":":
      return state === "colon" ? "value" : undefined;
    case ",":
      if (state === "comma in {") return "name";
      return state === "comma in [" ? "value" : undefined;
    case "string":
      if (wantsName) return "colon";
      return wantsValue ? afterValue(open) : undefined;
    case "scalar":
      return wantsValue ? afterValue(open) : undefined;
  }
}

function close(open: Bracket[]): State {
  open.pop();
  return afterValue(open);
}

function afterValue(open: Bracket[]): State {
  const bracket = open.at(-1);
  return bracket ? `comma in ${bracket}` : "end";
}

function readToken(text: string, at: number): [Token | "broken string" | undefined, number] {
  const character = text[at];
  if (character === undefined) return [undefined, at];
  if (character === '"') return readString(text, at);
  if ("{}[]:,".includes(character)) return [character as Token, at + 1];
  const end = endOf(SCALAR, text, at);
  return end === undefined ? [undefined, at] : ["scalar", end];
}

/** The end of the string that starts at `at`, or the place where it breaks off. */
function readString(text: string, at: number): ["string" | "broken string", number] {
  let end = at + 1;
  for (;;) {
    end = endOf(PLAIN_CHARACTERS, text, end) ?? end;
    if (text[end] === '"') return ["string", end + 1];
    const afterEscape = endOf(ESCAPE, text, end);
    if (afterEscape === undefined) return ["broken string", end];
    end = afterEscape;
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function locate(text: string, at: number, expected: string): JsonFault {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1, expected };
}
