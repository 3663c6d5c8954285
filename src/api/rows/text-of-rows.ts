import { access, context, type ExecutionDetails, Step } from "grafast";
import type { PgSelectStep } from "postgraphile/@dataplan/pg";
import type { SQL } from "postgraphile/pg-sql2";
import { joinRows } from "./joined-rows.ts";
import type { Splices } from "./splices.ts";

/** What is asked of a connection. */
export type PgConnection = Step & { nodes(): Step; getSubplan(): PgSelectStep };

/** What its types do not tell. */
type Select = PgSelectStep & { selectAndReturnIndex(expression: SQL): number };

type Page = { items: (string | null)[][] };

/** A page's rows as one JSON text, of texts that PostgreSQL makes of them. Null: a column is null that must not be. */
export class TextOfRowsStep extends Step<string> {
  static override $$export = { moduleName: "parley", exportName: "TextOfRowsStep" };
  override isSyncAndSafe = false;
  readonly #textOf: (row: SQL) => SQL;
  #select: Select | undefined;
  #index = -1;

  constructor($connection: PgConnection, textOf: (row: SQL) => SQL) {
    super();
    this.#textOf = textOf;
    // Tells it that its page is needed; the step is dropped.
    $connection.nodes();
    this.addDependency($connection);
    this.addDependency(access(context(), "splices"));
  }

  /** Selected as late as columns are: until now, the select may have been found to be the same as another one. */
  override optimize(): this {
    this.#select = (this.getDep(0) as PgConnection).getSubplan() as Select;
    this.#index = this.#select.selectAndReturnIndex(this.#textOf(this.#select.alias));
    return this;
  }

  /** By now it is known what else is asked of the select. */
  override finalize(): void {
    joinRows(this.#select!);
    super.finalize();
  }

  override execute({ indexMap, values }: ExecutionDetails<[Page, Splices]>) {
    const [pages, splices] = values;
    return indexMap((i) => {
      const texts = pages.at(i).items.map((row) => row[this.#index]);
      if (texts.includes(null)) throw new Error("a column is null that must not be");
      return splices.at(i).put(`[${texts.join()}]`);
    });
  }
}
