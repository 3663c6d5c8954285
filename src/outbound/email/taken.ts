import { createHash } from "node:crypto";
import type { AttemptContext } from "../adapter.ts";
import { sameMailbox } from "./address.ts";

/** Which recipients of a delivery have their mail already, from attempts that did not reach all of them. */
export async function takenBy(
  deliveryId: string,
  { query }: AttemptContext,
): Promise<(address: string) => boolean> {
  const rows = await query<{ recipient: string }>(
    "select encode(recipient, 'hex') as recipient from outbound.mailed_recipients(delivery_id => $1) as recipient",
    [deliveryId],
  );
  const taken = new Set(rows.map(({ recipient }) => recipient));
  return (address) => taken.has(digest(address).toString("hex"));
}

export async function rememberTaken(
  deliveryId: string,
  addresses: string[],
  { query }: AttemptContext,
): Promise<void> {
  await query("select outbound.remember_mailed(delivery_id => $1, recipients => $2)", [
    deliveryId,
    addresses.map(digest),
  ]);
}

export async function forgetTaken(deliveryId: string, { query }: AttemptContext): Promise<void> {
  await query("select outbound.forget_mailed(delivery_id => $1)", [deliveryId]);
}

/** To compare by. Nobody's address is kept for it. */
function digest(address: string): Buffer {
  return createHash("sha256").update(sameMailbox(address)).digest();
}
