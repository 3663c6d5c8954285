/** Microseconds since the first moment of a test. */
type Moment = number;
type Status = 0 | 1 | 2 | 3;
type Change = { status?: Status; assignee?: number | null };

const STATUS_EVENTS = [
  "conversation_open",
  "conversation_resolved",
  "conversation_pending",
  "conversation_snoozed",
];
const MINUTE = 60_000_000;
/** Times of history that are so close count as one, told in their order. */
const TIE = 1_000;

/** What seed 003 says about one conversation, as a client would tell it: without locks, sequences or SQL. */
export class ConversationModel {
  readonly events: { name: string; user: number | null; dialog: number | null; at: Moment }[] = [];
  readonly messages: { at: Moment; assignee: number | null; dialog: number | null }[] = [];
  readonly dialogs: { start: Moment; end: Moment | null; assignee: number | null }[] = [];
  #status: Status = 1;
  #assignee: number | null = null;
  #changedAt: Moment;

  constructor(now: Moment, status: Status, assignee: number | null) {
    this.#changedAt = now;
    // The second microsecond is the assignment's, even if there is no status to log.
    this.#apply(status === 1 && assignee !== null ? now + 1 : now, { status, assignee });
  }

  change(now: Moment, { status = this.#status, assignee = this.#assignee }: Change): void {
    if (status !== this.#status || assignee !== this.#assignee)
      this.#apply(Math.max(now, this.#next), { status, assignee });
  }

  /** `given`: the time that the client names. */
  say(now: Moment, { byAgent, given = now }: { byAgent: boolean; given?: Moment | undefined }): void {
    const named = Math.min(given, now);
    const isLate = named < this.#next - TIE && named < now - MINUTE;
    const at = isLate ? named : Math.max(named, this.#next);
    const assignee = isLate ? this.#assigneeAt(at) : this.#assignee;
    const dialog = isLate ? this.#dialogAt(at) : this.#lastDialog;
    this.messages.push({ at, assignee, dialog });
    if (byAgent) this.#answer({ name: "first_response", user: assignee, dialog, at: at + 1 });
  }

  get #next(): Moment {
    return Math.max(
      this.#changedAt + 1,
      ...this.messages.map(({ at }) => at + 2),
      ...this.events.map(({ at }) => at + 1),
    );
  }

  get #lastDialog(): number | null {
    return this.dialogs.length === 0 ? null : this.dialogs.length - 1;
  }

  #apply(at: Moment, to: { status: Status; assignee: number | null }): void {
    const names = [
      ...(to.status === this.#status ? [] : [STATUS_EVENTS[to.status]!]),
      ...(to.assignee === this.#assignee ? [] : ["conversation_assigned"]),
    ];
    if (this.#status === 1 && to.status !== 1) {
      this.dialogs.push({ start: at, end: null, assignee: null });
      // What came before the first dialog belongs to it.
      if (this.dialogs.length === 1) for (const row of [...this.events, ...this.messages]) row.dialog = 0;
    }
    this.#changedAt = names.length === 2 ? at + 1 : at;
    if (to.status === 1) names.reverse();
    names.forEach((name, index) => {
      this.events.push({ name, user: to.assignee, dialog: this.#lastDialog, at: at + index });
    });
    const dialog = this.dialogs.at(-1);
    if (dialog && dialog.end === null) {
      dialog.assignee = to.assignee;
      if (to.status === 1) dialog.end = this.#changedAt;
    }
    this.#status = to.status;
    this.#assignee = to.assignee;
  }

  #answer(response: (typeof this.events)[number]): void {
    const first = this.events.find(({ name }) => name === "first_response");
    if (!first) this.events.push(response);
    else if (response.at < first.at) Object.assign(first, response);
  }

  #assigneeAt(at: Moment): number | null {
    return (
      this.events.findLast((event) => event.name === "conversation_assigned" && event.at <= at + TIE)?.user ??
      null
    );
  }

  #dialogAt(at: Moment): number | null {
    if (this.dialogs.length === 0) return null;
    return Math.max(
      0,
      this.dialogs.findLastIndex(({ start }) => start <= at + TIE),
    );
  }
}
