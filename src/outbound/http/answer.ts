import type { Receipt } from "../adapter.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** There would have been more: it was too long, too slow, or the connection broke. */
  readonly isCut: boolean;
}

const LONGEST_RECEIPT = 1024;

/** What the log of attempts keeps of an answer. */
export function receiptOf({ status, text }: HttpAnswer): Receipt {
  return { status, answer: text.slice(0, LONGEST_RECEIPT) };
}
