import { z } from "zod";
import type { PrivateAddresses } from "../http/addresses.ts";
import { extraHeaders, openHeaders } from "../http/headers.ts";
import { callableUrl } from "../http/url.ts";
import { signingSecret } from "./signature.ts";

/** outbound.destinations.settings of a webhook. */
export function webhookSettings(privateAddresses: PrivateAddresses) {
  return z.strictObject({ url: callableUrl(privateAddresses), headers: openHeaders.optional() });
}

export type WebhookSettings = z.infer<ReturnType<typeof webhookSettings>>;

/** outbound.destinations.secrets of a webhook, opened. While the previous secret is valid, both sign. */
export const webhookSecrets = z.strictObject({
  secret: signingSecret,
  previous: z.strictObject({ secret: signingSecret, until: z.iso.datetime() }).optional(),
  headers: extraHeaders.optional(),
});

export type WebhookSecrets = z.infer<typeof webhookSecrets>;

export function secretsAt({ secret, previous }: WebhookSecrets, now: Date): string[] {
  return previous && now < new Date(previous.until) ? [secret, previous.secret] : [secret];
}
