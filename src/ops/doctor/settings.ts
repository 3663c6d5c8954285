import { type Check, type Finding, orOk, problem, warning } from "./check.ts";

const MB = 1024 ** 2;

/** One rule a server setting must follow. */
interface Rule {
  setting: string;
  /** Sizes are compared in bytes, times in milliseconds; switches are 0 and 1. */
  atLeast: number;
  judge: (text: string, advice: string) => Finding;
  advice: string;
}

const RULES: Rule[] = [
  {
    setting: "fsync",
    atLeast: 1,
    judge: problem,
    advice: "Set fsync = on: a crash of the machine can destroy the database.",
  },
  {
    setting: "full_page_writes",
    atLeast: 1,
    judge: problem,
    advice: "Set full_page_writes = on, unless the file system never tears pages.",
  },
  {
    setting: "synchronous_commit",
    atLeast: 1,
    judge: warning,
    advice: "Set synchronous_commit = on: a crash can lose events whose put was confirmed.",
  },
  {
    setting: "autovacuum",
    atLeast: 1,
    judge: problem,
    advice: "Set autovacuum = on: queues slow down and grow without it.",
  },
  {
    setting: "track_counts",
    atLeast: 1,
    judge: problem,
    advice: "Set track_counts = on: autovacuum does nothing without it.",
  },
  {
    setting: "shared_buffers",
    atLeast: 128 * MB,
    judge: warning,
    advice: "Give shared_buffers a quarter of the memory, 128MB at least.",
  },
  {
    setting: "max_wal_size",
    atLeast: 1024 * MB,
    judge: warning,
    advice: "Set max_wal_size = 1GB or more: checkpoints come too often under load.",
  },
  {
    setting: "checkpoint_timeout",
    atLeast: 5 * 60_000,
    judge: warning,
    advice: "Set checkpoint_timeout = 5min or more: each checkpoint makes the next writes larger.",
  },
];

const READ_SETTINGS = `
  select name, current_setting(name) as shown,
    case
      when vartype in ('bool', 'enum') then (setting <> 'off')::int
      when unit in ('s', 'ms', 'min') then extract(epoch from current_setting(name)::interval) * 1000
      else pg_size_bytes(current_setting(name))
    end::float8 as value
  from pg_settings
  where name = any ($1)`;

export const settings: Check = {
  name: "server settings",
  needs: "server",
  async run(db) {
    const { rows } = await db.query<{ name: string; shown: string; value: number }>(READ_SETTINGS, [
      RULES.map((rule) => rule.setting),
    ]);
    const findings = RULES.flatMap(({ setting, atLeast, judge, advice }) => {
      const row = rows.find(({ name }) => name === setting);
      return row && row.value < atLeast ? [judge(`${setting} = ${row.shown}`, advice)] : [];
    });
    return orOk(findings, "durable, with autovacuum, memory and WAL as they should be");
  },
};
