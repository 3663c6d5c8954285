import type { Command } from "commander";
import { type Diagnosis, examine } from "../doctor/index.ts";
import { countOf, type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

const MARKS = { ok: "ok     ", warning: "WARNING", problem: "PROBLEM" };

/** `parley doctor`: exit status 1 when there is a problem. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check server, settings, roles, schema and queues, and say what to do")
    .option("--json", "print JSON")
    .action((options: OutputOptions) =>
      withDatabase(async (pool) => {
        const diagnoses = await examine(pool);
        report(options, diagnoses, describe);
        if (diagnoses.some(({ status }) => status === "problem")) process.exitCode = 1;
      }),
    );
}

function describe(diagnoses: Diagnosis[]): string {
  const width = Math.max(...diagnoses.map(({ check }) => check.length));
  const lines = diagnoses.flatMap(({ check, status, text, advice }) => {
    const line = `${MARKS[status]}  ${check.padEnd(width)}  ${text}`;
    return advice === undefined ? [line] : [line, `${" ".repeat(width + 11)}${advice}`];
  });
  return [...lines, "", summary(diagnoses)].join("\n");
}

function summary(diagnoses: Diagnosis[]): string {
  const count = (status: Diagnosis["status"]) => diagnoses.filter((one) => one.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems + warnings === 0) return "All is well.";
  return `${countOf(problems, "problem")}, ${countOf(warnings, "warning")}.`;
}
