import { randomUUID } from "node:crypto";

/** Texts that belong into an answer as they are, while it is made by others: a word that nobody can know stands for each. */
export class Splices {
  readonly #word: string = randomUUID();
  readonly #texts: string[] = [];

  /** Returns what stands for this JSON. */
  put(json: string): string {
    return `${this.#word} ${this.#texts.push(json) - 1}`;
  }

  /** The answer with each text in its place. */
  into(answer: string): string {
    const [start, ...parts] = answer.split(`"${this.#word} `);
    const spliced = parts.map((part) => {
      const end = part.indexOf('"');
      return this.#texts[Number(part.slice(0, end))]! + part.slice(end + 1);
    });
    return start + spliced.join("");
  }
}
