import "graphile-build-pg";
import { access, context, type FieldArgs, type Step, sideEffect } from "grafast";
import type { PgResource, WithPgClient } from "postgraphile/@dataplan/pg";
import { extendSchema, gql } from "postgraphile/utils";
import { ApiError } from "../../errors.ts";
import type { SealedEndpoint, Webhooks } from "../../webhooks.ts";

type Context = {
  pgSettings: Record<string, string>;
  withPgClient: WithPgClient;
  webhooks: Webhooks | undefined;
};

type Change = {
  name?: string;
  url?: string;
  events?: string[] | null;
  headers?: unknown;
  secretHeaders?: unknown;
  concurrency?: number;
  ratePerSecond?: number | null;
};
type Input = Change & { endpointId: number; keepOldHours: number; secret?: string | null };

type StoredEndpoint = SealedEndpoint & {
  name: string;
  revision: number;
  events: string[] | null;
  concurrency: number;
  rate_per_second: number | null;
};

/**
 * Mutations that SQL cannot do alone: secrets are sealed here, before they reach the database, and a test calls the endpoint. What is
 * allowed, the functions of schema api decide, as for all others.
 */
export const WebhooksPlugin = extendSchema((build) => {
  const { webhook_endpoints: endpoints } = build.input.pgRegistry.pgResources;
  const mutation =
    (run: (request: Context, input: Input) => Promise<object>) => (_root: Step, args: FieldArgs) =>
      sideEffect([context(), args.getRaw("input")] as const, async ([request, input]) => ({
        clientMutationId: (input as { clientMutationId?: string }).clientMutationId,
        ...(await run(request as unknown as Context, input as Input)),
      }));
  const payload = {
    plans: {
      webhookEndpoint: ($payload: Step) =>
        (endpoints as unknown as PgResource).get({ id: access($payload, "endpointId") }),
    },
  };

  return {
    typeDefs: TYPES,
    objects: {
      Mutation: {
        plans: {
          addWebhookEndpoint: mutation(add),
          changeWebhookEndpoint: mutation(change),
          rotateWebhookSecret: mutation(rotate),
          testWebhookEndpoint: mutation(test),
        },
      },
      AddWebhookEndpointPayload: payload,
      ChangeWebhookEndpointPayload: payload,
      RotateWebhookSecretPayload: payload,
    },
  };
}, "WebhooksPlugin");

async function add(request: Context, input: Input) {
  const management = managed(request);
  const { id, accountId } = await call<{ id: number; accountId: number }>(
    request,
    "select jsonb_build_object('id', api._new_webhook_endpoint_id(), 'accountId', stats.current_account()) as result",
    [],
  );
  const { settings, secrets, secret } = management.create({ id, accountId }, input);
  const { name, events = null, concurrency = null, ratePerSecond = null } = input;
  const values = [id, name, JSON.stringify(settings), secrets, events, concurrency, ratePerSecond];
  await call(request, "select api._add_webhook_endpoint($1, $2, $3, $4, $5, $6, $7) as result", values);
  return { endpointId: id, secret };
}

async function change(request: Context, input: Input) {
  const endpoint = await read(request, input);
  await write(request, endpoint, { ...managed(request).change(endpoint, input), ...input });
  return { endpointId: endpoint.id };
}

async function rotate(request: Context, input: Input) {
  const endpoint = await read(request, input);
  const { secret, ...sealed } = managed(request).rotate(endpoint, input.keepOldHours);
  await write(request, endpoint, sealed);
  return { endpointId: endpoint.id, secret };
}

async function test(request: Context, input: Input) {
  return managed(request).test(await read(request, input));
}

function read(request: Context, { endpointId }: Input): Promise<StoredEndpoint> {
  return call(
    request,
    `select to_jsonb(e) || jsonb_build_object('accountId', e.account_id) as result from api._webhook_endpoint($1) e`,
    [endpointId],
  );
}

/** As it was read, but for what changes; refused if somebody else was faster. */
function write(
  request: Context,
  endpoint: StoredEndpoint,
  { settings, secrets, ...input }: Pick<SealedEndpoint, "settings" | "secrets"> & Change,
) {
  const {
    name = endpoint.name,
    events = endpoint.events,
    concurrency = endpoint.concurrency,
    ratePerSecond = endpoint.rate_per_second,
  } = input;
  return call(request, "select api._change_webhook_endpoint($1, $2, $3, $4, $5, $6, $7, $8) as result", [
    endpoint.id,
    endpoint.revision,
    name,
    JSON.stringify(settings),
    secrets,
    events,
    concurrency,
    ratePerSecond,
  ]);
}

async function call<Result>(
  { withPgClient, pgSettings }: Context,
  text: string,
  values: unknown[],
): Promise<Result> {
  const { rows } = await withPgClient(pgSettings, (client) =>
    client.query<{ result: Result }>({ text, values }),
  );
  return rows[0]!.result;
}

function managed({ webhooks }: Context): Webhooks {
  if (webhooks) return webhooks;
  throw new ApiError("NOT_CONFIGURED", "secrets cannot be sealed: PARLEY_SECRETS_KEY must be set");
}

const TYPES = gql`
  extend type Mutation {
    """
    Adds an endpoint to which events of the account are posted. The answer holds the secret that its signatures are made with: it is
    shown this once. Errors: PA001, PA069, PA074.
    """
    addWebhookEndpoint(input: AddWebhookEndpointInput!): AddWebhookEndpointPayload

    """Changes an endpoint; what is left out stays as it is. Errors: PA001, PA005, PA063, PA074."""
    changeWebhookEndpoint(input: ChangeWebhookEndpointInput!): ChangeWebhookEndpointPayload

    """
    Gives an endpoint a new secret, shown this once. For some hours the old one signs too, so that receivers have time to change.
    Errors: PA005, PA063, PA074.
    """
    rotateWebhookSecret(input: RotateWebhookSecretInput!): RotateWebhookSecretPayload

    """
    Posts an event webhook.test to an endpoint at once, past the queue, also if it is disabled, and tells how it went. Errors: PA005
    while others are tested, PA063, PA074.
    """
    testWebhookEndpoint(input: TestWebhookEndpointInput!): TestWebhookEndpointPayload
  }

  """What \`addWebhookEndpoint\` takes."""
  input AddWebhookEndpointInput @scope(isMutationInput: true) {
    clientMutationId: String
    """What the account calls it; each of its endpoints has another name."""
    name: String!
    """https://..."""
    url: String!
    """Names of the events it wants; null: all that are routed to WebHookQueue."""
    events: [String!]
    """Sent with each event, and shown, unless the name tells of a secret: { "X-Team": "support" }."""
    headers: JSON
    """Sent with each event, and never shown: { "Authorization": "Bearer ..." }."""
    secretHeaders: JSON
    """What signatures are made with: whsec_ and base64 of 24 to 64 bytes. Left out: one is made."""
    secret: String
    """Most events posted at the same time, each of another conversation: 1 to 100; 10 if left out."""
    concurrency: Int
    """Most events posted a second, up to 10000; null: as fast as it answers."""
    ratePerSecond: Float
  }

  """What \`addWebhookEndpoint\` gives back."""
  type AddWebhookEndpointPayload @scope(isMutationPayload: true) {
    clientMutationId: String
    webhookEndpoint: WebhookEndpoint
    """Keep it: it is not shown again."""
    secret: String
  }

  """What is left out stays as it is."""
  input ChangeWebhookEndpointInput @scope(isMutationInput: true) {
    clientMutationId: String
    endpointId: Int!
    """Each endpoint of the account has another name."""
    name: String
    """https://..."""
    url: String
    """Names of the events it wants; null: all that are routed to WebHookQueue."""
    events: [String!]
    """All of them anew; null: none."""
    headers: JSON
    """All of them anew; null: none."""
    secretHeaders: JSON
    """Most events posted at the same time, each of another conversation: 1 to 100."""
    concurrency: Int
    """Most events posted a second, up to 10000; null: as fast as it answers."""
    ratePerSecond: Float
  }

  """What \`changeWebhookEndpoint\` gives back."""
  type ChangeWebhookEndpointPayload @scope(isMutationPayload: true) {
    clientMutationId: String
    webhookEndpoint: WebhookEndpoint
  }

  """What \`rotateWebhookSecret\` takes."""
  input RotateWebhookSecretInput @scope(isMutationInput: true) {
    clientMutationId: String
    endpointId: Int!
    """How long the old secret signs too: 0, if others know it, to 168."""
    keepOldHours: Float! = 24
  }

  """What \`rotateWebhookSecret\` gives back."""
  type RotateWebhookSecretPayload @scope(isMutationPayload: true) {
    clientMutationId: String
    webhookEndpoint: WebhookEndpoint
    """Keep it: it is not shown again."""
    secret: String
  }

  """What \`testWebhookEndpoint\` takes."""
  input TestWebhookEndpointInput @scope(isMutationInput: true) {
    clientMutationId: String
    endpointId: Int!
  }

  """What \`testWebhookEndpoint\` gives back."""
  type TestWebhookEndpointPayload @scope(isMutationPayload: true) {
    clientMutationId: String
    """Whether it answered 2xx."""
    delivered: Boolean!
    """Milliseconds until it was answered, or given up."""
    durationMs: Int!
    """HTTP status; null: there was no answer."""
    status: Int
    """The beginning of the answer, up to 1 kB."""
    answer: String
    """What went wrong, as a code of docs/errors.md; null: delivered."""
    errorCode: String
    """What went wrong; null: delivered."""
    error: String
  }
`;
