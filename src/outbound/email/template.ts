import mustache from "mustache";

/** How much a mail may hold: texts, and steps of rendering, so that lists within lists take no hours. */
const LONGEST_TEXT = 10_000_000;
const MOST_STEPS = 1_000_000;

/** Where templates differ: what they put into HTML is escaped. */
export type TemplateKind = "text" | "html";

type Token = [type: string, name: string, start: number, end: number, inner?: Token[]];

/** A mail would become longer than anybody wants to read, or take longer to write than it is worth. */
export class TemplateTooLarge extends Error {}

/**
 * What is wrong with a template, in words for whoever wrote it; undefined: nothing. Unescaped values, partials and other
 * delimiters are refused, so that nothing a visitor writes can become markup.
 */
export function templateFault(source: string, kind: TemplateKind): string | undefined {
  try {
    return faultOf(new mustache.Writer().parse(source) as Token[], kind);
  } catch (error) {
    return `expected a mustache template: ${(error as Error).message}`;
  }
}

function faultOf(tokens: Token[], kind: TemplateKind): string | undefined {
  for (const [type, name, , , inner] of tokens) {
    if (type === "&" && kind === "html") return `{{{${name}}}} would not be escaped: write {{${name}}}`;
    if (type === ">") return `{{> ${name}}}: there are no partials`;
    if (type === "=") return "the delimiters cannot be changed";
    const fault = Array.isArray(inner) ? faultOf(inner, kind) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Fills a template in; a variable that does not exist is empty. */
export function render(source: string, view: object, kind: TemplateKind): string {
  return new BoundedWriter().render(source, new OwnContext(view), undefined, {
    escape: kind === "html" ? mustache.escape : String,
  });
}

/** Finds what the view itself holds, and nothing that JavaScript adds: no constructors, no methods, no lengths. */
class OwnContext extends mustache.Context {
  override push(view: unknown): OwnContext {
    return new OwnContext(view, this);
  }

  override lookup(name: string): unknown {
    if (name === ".") return this.view;
    const path = name.split(".");
    for (let context: mustache.Context | undefined = this; context; context = context.parent) {
      if (own(context.view, path[0]!) !== undefined) return path.reduce(own, context.view);
    }
    return undefined;
  }
}

function own(view: unknown, name: string): unknown {
  const holds =
    typeof view === "object" && view !== null && !Array.isArray(view) && Object.hasOwn(view, name);
  return holds ? (view as Record<string, unknown>)[name] : undefined;
}

class BoundedWriter extends mustache.Writer {
  #steps = 0;
  #length = 0;

  override renderTokens(...args: Parameters<mustache.Writer["renderTokens"]>): string {
    this.#steps += args[0].length;
    if (this.#steps > MOST_STEPS) throw new TemplateTooLarge("the template repeats itself too often");
    const text = super.renderTokens(...args);
    this.#length += text.length;
    if (this.#length > LONGEST_TEXT) throw new TemplateTooLarge("the mail would become too long");
    return text;
  }
}
