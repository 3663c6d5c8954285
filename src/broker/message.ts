/** A message as a reader has it in hand: its place in the queue and the event it stands for. */
export interface Message {
  id: number;
  lane: number;
  eventId: number;
  eventName: string;
  key: string | null;
  data: unknown;
  putAt: Date;
  /** 1 for the first attempt. */
  attempt: number;
  /** Comes from broker.delayed_messages: a retry, or let go behind one. */
  delayed: boolean;
}
