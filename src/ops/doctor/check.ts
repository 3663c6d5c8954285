import type { Queryable } from "../call-broker.ts";

/** What a check found, and for anything but `ok` what to do about it. */
export interface Finding {
  status: "ok" | "warning" | "problem";
  text: string;
  advice?: string;
}

/** One thing the doctor looks at. Reads only. */
export interface Check {
  name: string;
  /** `server` checks work on any database, `schema` checks only on a migrated one. */
  needs: "server" | "schema";
  run(db: Queryable): Promise<Finding[]>;
}

export const ok = (text: string): Finding => ({ status: "ok", text });
export const warning = (text: string, advice: string): Finding => ({ status: "warning", text, advice });
export const problem = (text: string, advice: string): Finding => ({ status: "problem", text, advice });

/** The findings, or where there are none that all is well. */
export function orOk(findings: Finding[], text: string): Finding[] {
  return findings.length > 0 ? findings : [ok(text)];
}
