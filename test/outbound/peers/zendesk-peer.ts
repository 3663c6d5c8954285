import { type FaultyServer, type PeerAnswer, type PeerRequest, startFaultyServer } from "./faulty-server.ts";

export interface ZendeskUser {
  id: number;
  name: string;
  email: string | null;
  external_id?: string;
  phone?: string;
}

export interface ZendeskComment {
  body: string;
  public: boolean;
  author_id: number;
  created_at?: string;
  uploads: string[];
  /** Custom metadata of the audit that it came with. */
  metadata: Record<string, unknown>;
}

export interface ZendeskTicket {
  id: number;
  status: string;
  external_id?: string;
  requester_id: number;
  comments: ZendeskComment[];
  [member: string]: unknown;
}

/** An account of Zendesk as its API shows it. */
export interface ZendeskPeer extends FaultyServer {
  readonly agent: { id: number; email: string; apiToken: string; oauthToken: string };
  readonly tickets: ZendeskTicket[];
  readonly users: ZendeskUser[];
  /** By token. */
  readonly uploads: Map<string, { filename: string; content: Buffer }>;
  /** Of this minute. */
  readonly calls: { made: number; limit: number; resetsInSeconds: number };
  /** Empties the account, and the list of requests. */
  forget(): void;
  addUser(user: Partial<ZendeskUser>): ZendeskUser;
  addTicket(ticket: Partial<ZendeskTicket>): ZendeskTicket;
}

const LONGEST_COMMENT_BYTES = 65_535;
const AUDITS_A_PAGE = 2;

export async function startZendeskPeer(): Promise<ZendeskPeer> {
  const agent = {
    id: 1,
    email: "robot@acme.example",
    apiToken: "api-token-4711",
    oauthToken: "oauth-token-4711",
  };
  const tickets: ZendeskTicket[] = [];
  const users: ZendeskUser[] = [];
  const uploads = new Map<string, { filename: string; content: Buffer }>();
  const calls = { made: 0, limit: 700, resetsInSeconds: 41 };
  const answered = new Map<string, { body: string; answer: PeerAnswer }>();

  const server = await startFaultyServer((request) => {
    const basic = Buffer.from(`${agent.email}/token:${agent.apiToken}`).toString("base64");
    const { authorization } = request.headers;
    if (authorization !== `Basic ${basic}` && authorization !== `Bearer ${agent.oauthToken}`) {
      return { status: 401, body: { error: "Couldn't authenticate you" } };
    }
    if (calls.made >= calls.limit) {
      return {
        status: 429,
        headers: { "retry-after": String(calls.resetsInSeconds), ...limits() },
        body: {},
      };
    }
    calls.made += 1;
    const answer = api(request);
    return { ...answer, headers: { ...answer.headers, ...limits() } };
  });

  return { ...server, agent, tickets, users, uploads, calls, forget, addUser, addTicket };

  function forget(): void {
    for (const list of [tickets, users, server.requests]) list.length = 0;
    for (const map of [uploads, answered]) map.clear();
    calls.made = 0;
  }

  function limits() {
    const remaining = String(calls.limit - calls.made);
    return {
      "x-rate-limit": String(calls.limit),
      "x-rate-limit-remaining": remaining,
      "ratelimit-limit": String(calls.limit),
      "ratelimit-remaining": remaining,
      "ratelimit-reset": String(calls.resetsInSeconds),
    };
  }

  function api(request: PeerRequest): PeerAnswer {
    const { method, path, query } = request;
    const [, id, part] = /^\/api\/v2\/tickets\/(\d+)(\/audits)?\.json$/.exec(path) ?? [];
    const endpoint = `${method} ${path.replace("/api/v2", "").replace(String(id), ":id")}`;
    if (id !== undefined) {
      const ticket = tickets.find((one) => one.id === Number(id));
      if (!ticket) return { status: 404, body: { error: "RecordNotFound", description: "Not found" } };
      if (part !== undefined) return auditsOf(ticket, Number(query.get("page") ?? "1"));
      if (method === "GET") return { status: 200, body: { ticket } };
      return update(ticket, parse(request).ticket as Given);
    }
    switch (endpoint) {
      case "GET /users/search.json":
        return search(query.get("query") ?? "");
      case "POST /users/create_or_update.json":
        return createOrUpdate(parse(request).user as Partial<ZendeskUser>);
      case "GET /tickets.json": {
        const found = tickets.filter(({ external_id }) => external_id === query.get("external_id"));
        return {
          status: 200,
          body: { tickets: found, meta: { has_more: false }, links: { next: null, prev: null } },
        };
      }
      case "POST /tickets.json":
        return idempotently(request, () => create(parse(request).ticket as Given));
      case "POST /imports/tickets.json":
        return importTicket(parse(request).ticket as Given);
      case "POST /uploads.json": {
        const token = `upload-${uploads.size + 1}`;
        uploads.set(token, { filename: query.get("filename") ?? "", content: request.body });
        return { status: 201, body: { upload: { token, attachment: { file_name: query.get("filename") } } } };
      }
      default:
        return { status: 404, body: { error: "InvalidEndpoint", description: "Not found" } };
    }
  }

  /** A key is remembered for two hours, with the request it came with. */
  function idempotently({ headers, body }: PeerRequest, carryOut: () => PeerAnswer): PeerAnswer {
    const key = headers["idempotency-key"];
    if (typeof key !== "string") return carryOut();
    const before = answered.get(key);
    if (!before) {
      const answer = carryOut();
      if (answer.status === 201) answered.set(key, { body: body.toString(), answer });
      return { ...answer, headers: { "x-idempotency-lookup": "miss" } };
    }
    if (before.body !== body.toString()) {
      const description = "Request parameters are different from the previous request with the same key";
      return { status: 400, body: { error: "IdempotentRequestError", description } };
    }
    return { ...before.answer, headers: { "x-idempotency-lookup": "hit" } };
  }

  function search(query: string): PeerAnswer {
    const wanted = /^email:"([^"]+)"$/.exec(query)?.[1]?.toLowerCase();
    // As there, a search finds more than what is exactly equal.
    const found = users.filter(({ email }) => wanted !== undefined && email?.toLowerCase().includes(wanted));
    return { status: 200, body: { users: found, next_page: null, previous_page: null, count: found.length } };
  }

  function createOrUpdate(given: Partial<ZendeskUser>): PeerAnswer {
    if (!given.name) return invalid({ name: [{ description: "Name: is too short", error: "BlankValue" }] });
    const known = users.find(
      ({ email, external_id }) =>
        (given.email && email?.toLowerCase() === given.email.toLowerCase()) ||
        (given.external_id && external_id === given.external_id),
    );
    if (known) return { status: 200, body: { user: Object.assign(known, given) } };
    return { status: 201, body: { user: addUser(given) } };
  }

  function create({ comment, metadata, comments: _, ...members }: Given): PeerAnswer {
    const wrong = faultOf(comment, members.requester_id);
    if (wrong) return wrong;
    const ticket = addTicket({ requester_id: agent.id, ...members, status: String(members.status ?? "new") });
    write(ticket, comment!, metadata);
    return { status: 201, body: { ticket, audit: { id: ticket.id * 100 } } };
  }

  function update(ticket: ZendeskTicket, { comment, metadata, comments: _, ...members }: Given): PeerAnswer {
    if (ticket.status === "closed") {
      return invalid({
        status: [{ description: "Status: closed prevents ticket update", error: "InvalidValue" }],
      });
    }
    const wrong = faultOf(comment, ticket.requester_id);
    if (wrong) return wrong;
    Object.assign(ticket, members);
    write(ticket, comment!, metadata);
    return { status: 200, body: { ticket, audit: { id: ticket.id * 100 + ticket.comments.length } } };
  }

  function importTicket({ comments = [], ...members }: Given): PeerAnswer {
    const ticket = addTicket({ requester_id: agent.id, ...members, status: "new" });
    for (const { value, ...comment } of comments) write(ticket, { ...comment, body: value ?? "" });
    return { status: 201, body: { ticket } };
  }

  function faultOf(comment: GivenComment | undefined, requester: unknown): PeerAnswer | undefined {
    if (!comment?.body)
      return invalid({ base: [{ description: "Description: cannot be blank", error: "BlankValue" }] });
    if (Buffer.byteLength(comment.body) > LONGEST_COMMENT_BYTES) {
      return invalid({ base: [{ description: "Comment is too long", error: "ValueTooLong" }] });
    }
    const author = comment.author_id;
    if (author !== undefined && author !== agent.id && author !== requester) {
      return invalid({ author: [{ description: `Author: ${author} is invalid`, error: "InvalidValue" }] });
    }
    if (author !== undefined && author !== agent.id && comment.public === false) {
      return invalid({
        comment: [{ description: "End users cannot add private comments", error: "InvalidValue" }],
      });
    }
    return undefined;
  }

  function write(ticket: ZendeskTicket, given: GivenComment, metadata: Record<string, unknown> = {}): void {
    ticket.comments.push({ body: "", public: true, author_id: agent.id, uploads: [], ...given, metadata });
  }

  function auditsOf({ id, comments }: ZendeskTicket, page: number): PeerAnswer {
    const end = page * AUDITS_A_PAGE;
    const audits = comments.slice(end - AUDITS_A_PAGE, end).map(({ metadata }, index) => ({
      id: id * 100 + index,
      ticket_id: id,
      metadata: { system: {}, custom: metadata },
    }));
    const next = `${server.url}/api/v2/tickets/${id}/audits.json?page=${page + 1}`;
    return {
      status: 200,
      body: { audits, next_page: end < comments.length ? next : null, count: comments.length },
    };
  }

  function addUser(given: Partial<ZendeskUser>): ZendeskUser {
    const user = { email: null, name: "", ...given, id: 1_000 + users.length };
    users.push(user);
    return user;
  }

  function addTicket(given: Partial<ZendeskTicket>): ZendeskTicket {
    const ticket = {
      requester_id: agent.id,
      status: "open",
      ...given,
      id: 20_001 + tickets.length,
      comments: [],
    };
    tickets.push(ticket);
    return ticket;
  }
}

interface GivenComment {
  body?: string;
  value?: string;
  public?: boolean;
  author_id?: number;
  uploads?: string[];
}

type Given = Partial<Omit<ZendeskTicket, "comments">> & {
  comment?: GivenComment;
  comments?: GivenComment[];
  metadata?: Record<string, unknown>;
};

function parse({ body }: PeerRequest): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function invalid(details: Record<string, { description: string; error: string }[]>): PeerAnswer {
  return { status: 422, body: { error: "RecordInvalid", description: "Record validation errors", details } };
}
