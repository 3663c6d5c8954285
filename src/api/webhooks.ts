/** Of a webhook endpoint, what whoever has the keys looks at. `secrets` is sealed. */
export interface SealedEndpoint {
  readonly settings: unknown;
  readonly secrets: string | null;
}

/** What a request may say of an endpoint; undefined: as it was. */
export interface EndpointInput {
  readonly url?: string | undefined;
  readonly headers?: unknown;
  /** Null: none any more. */
  readonly secretHeaders?: unknown;
  /** Undefined or null: one is made. */
  readonly secret?: string | null | undefined;
}

/** How a test delivery went. */
export interface TestDelivery {
  readonly delivered: boolean;
  readonly durationMs: number;
  readonly status: number | null;
  readonly answer: string | null;
  readonly errorCode: string | null;
  readonly error: string | null;
}

/** What the API cannot do by itself: it needs the key that secrets are sealed with, and calls the endpoint. */
export interface Webhooks {
  /** A new endpoint's settings, checked, and its secrets, sealed; `secret` is the one to sign with. Throws PA074. */
  create(input: EndpointInput): SealedEndpoint & { secret: string };
  change(endpoint: SealedEndpoint, input: EndpointInput): SealedEndpoint;
  /** With a new secret to sign with; the old one signs too for some hours. */
  rotate(endpoint: SealedEndpoint, keepOldHours: number): SealedEndpoint & { secret: string };
  test(endpoint: SealedEndpoint & { id: number; accountId: number; name: string }): Promise<TestDelivery>;
}
