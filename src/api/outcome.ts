import type { FastifyRequest } from "fastify";

const codes = new WeakMap<FastifyRequest, string>();

/** Notes the first error that a request is answered with. */
export function noteError(request: FastifyRequest, code: string): void {
  if (!codes.has(request)) codes.set(request, code);
}

/** The code of that error, or OK. */
export function outcomeOf(request: FastifyRequest): string {
  return codes.get(request) ?? "OK";
}
