/**
 * `extensions.code` of every error that the API gives besides the codes PAnnn of the catalogue, with its HTTP status where it
 * keeps a request from being executed. `docs/errors.md` explains each; a test keeps both equal.
 */
export const API_ERRORS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_CONFIGURED: 503,
  BUSY: 503,
  TIMEOUT: 504,
  BAD_REQUEST: 400,
  MALFORMED_REQUEST: 422,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  UNSUPPORTED_MEDIA_TYPE: 415,
  SYNTAX_ERROR: 400,
  INVALID_QUERY: 422,
  BAD_USER_INPUT: 422,
  TOO_DEEP: 422,
  TOO_LARGE: 413,
  PAGE_TOO_LARGE: 422,
  INTERNAL: 500,
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** What HTTP wants to be said with some of them. */
const HEADERS: Partial<Record<ApiErrorCode, Record<string, string>>> = {
  UNAUTHENTICATED: { "www-authenticate": 'Bearer realm="parley"' },
  BUSY: { "retry-after": "1" },
};

/** An error for whoever asked: `message` is shown. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly headers: Record<string, string>;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.headers = { ...HEADERS[code], ...options.headers };
  }

  get status(): number {
    return API_ERRORS[this.code];
  }
}
