/** Which webhook endpoint, and whose. */
export interface EndpointIdentity {
  readonly id: number;
  readonly accountId: number;
}

/** Of a webhook endpoint, what whoever has the keys looks at. `secrets` is sealed for this endpoint alone. */
export interface SealedEndpoint extends EndpointIdentity {
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

type Sealed = Pick<SealedEndpoint, "settings" | "secrets">;

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
  create(endpoint: EndpointIdentity, input: EndpointInput): Sealed & { secret: string };
  change(endpoint: SealedEndpoint, input: EndpointInput): Sealed;
  /** With a new secret to sign with; the old one signs too for some hours. */
  rotate(endpoint: SealedEndpoint, keepOldHours: number): Sealed & { secret: string };
  test(endpoint: SealedEndpoint & { name: string }): Promise<TestDelivery>;
}
