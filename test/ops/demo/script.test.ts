import { describe, expect, it } from "vitest";
import { HOUR, isReference, type Value } from "../../../src/ops/demo/action.ts";
import { PLOTS } from "../../../src/ops/demo/plots.ts";
import { writeScript } from "../../../src/ops/demo/script.ts";
import { example } from "../../consumers/deliver.ts";

const script = writeScript(1, 120);

const texts = (seed: number) =>
  writeScript(seed, 24).actions.flatMap((action) => (action.do === "say" ? [action.text] : []));

describe("the script of a demo hour", () => {
  it("is the same for the same seed and number of conversations", () => {
    expect(writeScript(1, 120)).toEqual(script);
  });

  it("is another one for another seed, and for another number of conversations", () => {
    expect(texts(2)).not.toEqual(texts(1));
    const names = (seed: number, conversations: number) =>
      new Set(writeScript(seed, conversations).actions.map(({ name }) => name));
    const shared = (a: Set<string>, b: Set<string>) => [...a].filter((name) => b.has(name));
    expect(shared(names(1, 24), names(1, 25))).toEqual([]);
    expect(shared(names(1, 24), names(2, 24))).toEqual([]);
  });

  it.each([1, 2, 24, 500])("opens as many conversations as asked for: %i", (count) => {
    const opened = new Set(
      writeScript(7, count).actions.flatMap((action) => (action.do === "open" ? [action.conversation] : [])),
    );
    expect(opened.size).toBe(count);
  });

  it("goes forward in time and stays within the hour", () => {
    const moments = script.actions.map(({ at }) => at);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(moments[0]).toBeGreaterThanOrEqual(0);
    expect(moments.at(-1)).toBeLessThan(HOUR);
  });

  it("has one conversation of a contact in an inbox", () => {
    const opened = new Map(
      script.actions.flatMap((action) =>
        action.do === "open" ? [[action.conversation, `${action.contact} ${action.inbox}`]] : [],
      ),
    );
    expect(new Set(opened.values()).size).toBe(opened.size);
    expect(new Set(script.people).size).toBeLessThan(opened.size);
  });

  it("never does two things in one conversation at once", () => {
    const moves = script.actions.flatMap((action) =>
      "conversation" in action ? [`${action.conversation} ${action.at}`] : [],
    );
    expect(new Set(moves).size).toBe(moves.length);
  });

  it("names each of its actions", () => {
    expect(new Set(script.actions.map(({ name }) => name)).size).toBe(script.actions.length);
  });

  it("ends with a message, by which a later run sees that all is there", () => {
    expect(script.actions.at(-1)!.do).toBe("say");
  });

  it("opens each conversation before anything else is done in it", () => {
    const seen = new Set<string>();
    for (const action of script.actions) {
      if (!("conversation" in action)) continue;
      if (action.do === "open") seen.add(action.conversation);
      expect(seen).toContain(action.conversation);
    }
  });

  it.each(PLOTS.map(({ name, from, to }) => ({ name, from, to })))(
    "lets $name begin in the hour",
    ({ from, to }) => {
      expect(from).toBeLessThanOrEqual(to);
      expect(to).toBeLessThan(HOUR);
    },
  );
});

describe("what is said", () => {
  const said = script.actions.flatMap((action) => (action.do === "say" ? [action] : []));

  it("is Ukrainian, Chinese and English, by contacts and by agents", () => {
    for (const isFrom of [
      (from: unknown) => from === "contact",
      (from: unknown) => typeof from === "object",
    ]) {
      const lines = said.filter(({ from }) => isFrom(from)).map(({ text }) => text);
      const shareOf = (letters: RegExp) => lines.filter((line) => letters.test(line)).length / lines.length;
      expect(shareOf(/\p{Script=Cyrillic}/u)).toBeGreaterThan(0.2);
      expect(shareOf(/\p{Script=Han}/u)).toBeGreaterThan(0.2);
      expect(shareOf(/^[\p{Script=Latin}\P{L}]+$/u)).toBeGreaterThan(0.2);
    }
  });

  it("has every place filled in", () => {
    expect(said.filter(({ text }) => /[{}]|undefined/.test(text))).toEqual([]);
  });

  it("hides notes from the contact, and mentions somebody in each", () => {
    const notes = said.filter(({ isPrivate }) => isPrivate);
    expect(notes.length).toBeGreaterThan(5);
    for (const { mentions, text } of notes) {
      expect(mentions).toHaveLength(1);
      expect(text).toMatch(/^@/);
    }
  });
});

describe("documents of events", () => {
  const put = script.actions.flatMap((action) => (action.do === "put" ? [action] : []));

  /** Members of a document and of what is in it: `Logs.ChatId`. */
  function membersOf(value: unknown, path = ""): string[] {
    if (Array.isArray(value)) return value.flatMap((part) => membersOf(part, path));
    if (typeof value !== "object" || value === null || isReference(value)) return [];
    return Object.entries(value).flatMap(([member, part]) => [
      `${path}${member}`,
      ...membersOf(part as Value, `${path}${member}.`),
    ]);
  }

  it.each([...new Set(put.map(({ event }) => event))])("%s has the members of the example", (event) => {
    const known = new Set(membersOf(example(event)));
    for (const { data } of put.filter((one) => one.event === event)) {
      expect(membersOf(data).filter((member) => !known.has(member))).toEqual([]);
    }
  });

  it.each([1, 2, 3, 4, 5])(
    "tell when agents are online, away, back, and perhaps gone, by seed %i",
    (seed) => {
      const changes = writeScript(seed, 24).actions.flatMap((action) =>
        action.do === "put" && action.event === "agent.status.changed" ? [action.data] : [],
      );
      const byAgent = Map.groupBy(changes, ({ AgentId }) => AgentId);
      expect(byAgent.size).toBe(8);
      for (const statuses of byAgent.values()) {
        expect(statuses.map(({ Stauts }) => Stauts).join()).toMatch(/^1,2,1(,0)?$/);
      }
    },
  );
});
