/** Elements that chat windows put into messages, by what they mean in text. Any other `<...>` is what somebody typed. */
const MEANING = new Map<string, "line" | "item" | "link" | "image" | "space" | "nothing">([
  ...["br", "p", "div", "ul", "ol", "tr", "table", "tbody", "blockquote", "pre"].map(
    (name) => [name, "line"] as const,
  ),
  ...["h1", "h2", "h3", "h4", "h5", "h6"].map((name) => [name, "line"] as const),
  ...["td", "th"].map((name) => [name, "space"] as const),
  ...["b", "i", "u", "s", "em", "strong", "small", "span", "font", "code", "sub", "sup"].map(
    (name) => [name, "nothing"] as const,
  ),
  ["li", "item"],
  ["a", "link"],
  ["img", "image"],
]);

const TAG = /<(\/?)([a-z][a-z\d]*)(\s[^<>]*)?\/?>/gi;

const ENTITIES = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi;

/**
 * What a message says, without the markup that some chat windows write: lines stay lines, links show where they lead. It is
 * text, not safe HTML: whoever puts it into HTML escapes it. Takes time in proportion to the message, whatever it holds.
 */
export function plainText(message: string): string {
  let openLink: { href: string; start: number } | undefined;
  let text = "";
  let end = 0;
  for (const tag of message.matchAll(TAG)) {
    const [whole, slash, name, attributes = ""] = tag;
    const meaning = MEANING.get(name!.toLowerCase());
    if (meaning === undefined) continue;
    text += message.slice(end, tag.index);
    end = tag.index + whole.length;
    const isClosing = slash !== "";
    if (meaning === "line") text += "\n";
    else if (meaning === "space") text += " ";
    else if (meaning === "item" && !isClosing) text += "\n- ";
    else if (meaning === "image" && !isClosing) text += attribute(attributes, "alt");
    else if (meaning === "link" && !isClosing)
      openLink = { href: attribute(attributes, "href"), start: text.length };
    else if (meaning === "link" && openLink) {
      const label = text.slice(openLink.start).trim();
      if (label !== openLink.href) text += label === "" ? openLink.href : ` (${openLink.href})`;
      openLink = undefined;
    }
  }
  return tidy(decodeEntities(text + message.slice(end)));
}

function attribute(attributes: string, name: "href" | "alt"): string {
  const [, double, single, bare] =
    new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`, "i").exec(attributes) ?? [];
  return double ?? single ?? bare ?? "";
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (entity, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES.get(name.toLowerCase())!;
    const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

/** Line feeds and tabs stay. What other controls do to a terminal or a mail client is nobody's message. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .toWellFormed()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
