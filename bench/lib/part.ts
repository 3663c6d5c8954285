import type { Server } from "./server.ts";

/** One part of the suite: measures something, and its yardstick in the same run. */
export interface Part<Context extends Bench = Bench> {
  /** As in `npm run bench -- NAME`. */
  name: string;
  run(context: Context): Promise<Figure[]>;
}

export interface Bench {
  server: Server;
  /** Short loads: to see that the suite works, not for figures to keep. */
  quick: boolean;
  /** Tells the user what goes on. */
  progress(line: string): void;
}

/** A row of the table, in words for people. Without `met` it only informs. */
export interface Figure {
  what: string;
  measured: string;
  yardstick?: string;
  /** Measured by yardstick. */
  ratio?: number;
  required?: string;
  met?: boolean;
}
