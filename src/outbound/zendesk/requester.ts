import type { ZendeskClient } from "node-zendesk";
import type { Enquiry } from "../enquiry.ts";

interface User {
  id: number;
  email: string | null;
}

/**
 * The user who asks: the one with the visitor's address, as it is (a visitor's word changes nobody's name), or a new one; without
 * an address the one made for this visitor. Null: nobody knows who it was.
 */
export async function requesterOf(
  client: ZendeskClient,
  { who }: Enquiry,
  accountId: number,
): Promise<number | null> {
  for (const email of who.emails) {
    const found = (await client.users.search({ query: `email:"${email}"` })) as User[];
    const user = found.find((one) => one.email?.toLowerCase() === email.toLowerCase());
    if (user) return user.id;
  }
  const [email] = who.emails;
  const phone = who.phone === null ? {} : { phone: who.phone };
  if (email !== undefined) {
    return make(client, { email, name: who.name ?? email, ...phone, skip_verify_email: true });
  }
  if (who.visitorId === null) return null;
  const external_id = `parley-${accountId}-visitor-${who.visitorId}`;
  return make(client, { external_id, name: who.name ?? `Visitor ${who.visitorId}` });
}

async function make(client: ZendeskClient, user: Record<string, unknown>): Promise<number> {
  const { result } = (await client.users.createOrUpdate({ user })) as unknown as { result: User };
  return result.id;
}
