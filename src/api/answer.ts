import type { FastifyReply, FastifyRequest } from "fastify";
import { type JSONObject, stringifyPayload } from "grafast";
import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from "grafast/graphql";
import { ERRORS } from "../errors.ts";
import type { TokenRole } from "./auth/roles.ts";
import { InvalidDocument } from "./documents.ts";
import { API_ERRORS, ApiError, type ApiErrorCode } from "./errors.ts";
import { GRAPHQL_RESPONSE } from "./http/media-types.ts";
import { noteError } from "./outcome.ts";
import { publicError } from "./public-error.ts";

type Answer = { status: number; headers: Record<string, string>; body: FormattedExecutionResult };

/** Errors of other kinds than these were thought of by nobody: logged with the request's id, which is all that is shown. */
export function formatError(error: unknown, request: FastifyRequest, role: TokenRole): GraphQLFormattedError {
  const known = publicError(error, role);
  if (!known) logFailure(error, request);
  const { message, code, hint } = known ?? {
    message: "internal error; the server's log knows it by the requestId",
    code: "INTERNAL",
  };
  noteError(request, code);
  const { locations, path } = error instanceof GraphQLError ? error.toJSON() : {};
  return {
    message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    extensions: {
      code,
      ...(hint === undefined ? {} : { hint }),
      ...(known ? {} : { requestId: request.id }),
    },
  };
}

/** An executed request: 200, also if fields failed. One that could not be executed after all: its status. */
export function answerOf(result: ExecutionResult, request: FastifyRequest, role: TokenRole): Answer {
  const errors = result.errors?.map((error) => formatError(error, request, role));
  const { data } = result;
  return {
    status: data === undefined ? statusOf(errors?.[0]) : 200,
    headers: {},
    body: { ...(errors ? { errors } : {}), ...(data === undefined ? {} : { data }) },
  };
}

/** A request that was refused, or failed as a whole. */
export function refusalOf(error: unknown, request: FastifyRequest, role: TokenRole = "analyst"): Answer {
  if (error instanceof InvalidDocument) {
    noteError(request, "INVALID_QUERY");
    const errors = error.errors.map(({ message, locations = [] }) => ({
      message,
      locations,
      extensions: { code: "INVALID_QUERY" satisfies ApiErrorCode },
    }));
    return { status: API_ERRORS.INVALID_QUERY, headers: {}, body: { errors } };
  }
  const formatted = formatError(ofFastify(error), request, role);
  const headers = error instanceof ApiError ? error.headers : {};
  return { status: statusOf(formatted), headers, body: { errors: [formatted] } };
}

/** The media type is the one that was asked for only where the answer may be taken for an executed request. */
export function sendAnswer(
  reply: FastifyReply,
  { status, headers, body }: Answer,
  mediaType: string,
): FastifyReply {
  return reply
    .code(status)
    .headers({ "cache-control": "no-store", ...headers })
    .type(`${status < 300 ? mediaType : GRAPHQL_RESPONSE}; charset=utf-8`)
    .send(stringifyPayload(body as JSONObject, true));
}

function statusOf(error: GraphQLFormattedError | undefined): number {
  const code = String(error?.extensions?.code);
  if (Object.hasOwn(ERRORS, code)) return 422;
  return Object.hasOwn(API_ERRORS, code) ? API_ERRORS[code as ApiErrorCode] : 500;
}

/** What Fastify refuses before we see it. */
function ofFastify(error: unknown): unknown {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ApiError("TOO_LARGE", "the body is larger than is taken");
  if (typeof code === "string" && code.startsWith("FST_") && Number(statusCode) < 500) {
    return new ApiError("BAD_REQUEST", "the request cannot be read");
  }
  return error;
}

/** Not the error itself: the database adds rows to some. */
function logFailure(error: unknown, request: FastifyRequest): void {
  const cause = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  const { name, message, stack, code, where } = cause as Error & { code?: string; where?: string };
  request.log.error(
    { requestId: request.id, err: { type: name, message, stack, code, where } },
    "request failed",
  );
}
