import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refusalOf } from "../answer.ts";
import type { Api } from "../api.ts";
import { ApiError } from "../errors.ts";
import { busy } from "../gate.ts";
import { streamCsv } from "./stream.ts";

const STATEMENT_TIMEOUT_MS = 10 * 60_000;

/** GET /export/NAME.csv */
export async function exportRoutes(app: FastifyInstance, { api }: { api: Api }): Promise<void> {
  const { exports, exportGate: gate } = api;
  const stopping = new AbortController();
  // Whoever stops the server does not wait for somebody's download.
  app.addHook("preClose", async () => stopping.abort());
  app.get<{ Params: { name: string }; Querystring: Record<string, unknown> }>(
    "/export/:name.csv",
    async (request, reply) => {
      try {
        return await send(request, reply);
      } catch (error) {
        const { status, headers, body } = refusalOf(error, request);
        return reply.code(status).headers(headers).send(body);
      }
    },
  );

  async function send(
    request: FastifyRequest<{ Params: { name: string }; Querystring: Record<string, unknown> }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    // From the first moment on: who leaves while waiting would be missed later, and the place be taken for ever.
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    if (reply.raw.destroyed) gone.abort();
    const { name } = request.params;
    const claims = await api.authenticate(request.headers.authorization);
    if (claims.role === "producer")
      throw new ApiError("FORBIDDEN", "exports need a token of the role analyst");
    if (!Object.hasOwn(exports, name)) {
      throw new ApiError(
        "NOT_FOUND",
        `there is no export ${name.slice(0, 50)}; there are: ${Object.keys(exports).join(", ")}`,
      );
    }
    const settings = await api.settingsOf(claims, STATEMENT_TIMEOUT_MS);
    await gate.enter(claims.account);
    if (gone.signal.aborted) {
      gate.leave(claims.account);
      throw busy("nobody waits for this export any more");
    }
    gone.signal.addEventListener("abort", () => gate.leave(claims.account));
    // A connection whose client reads nothing keeps the query, its snapshot and the place: PostgreSQL waits, whatever its time-outs.
    reply.raw.setTimeout(api.stallMs, () => {
      if (reply.raw.writableNeedDrain || reply.raw.writableEnded) reply.raw.destroy();
    });
    const rows = await streamCsv({
      pool: api.pool,
      exported: exports[name]!,
      query: request.query,
      settings,
      signal: AbortSignal.any([gone.signal, stopping.signal]),
    });
    return reply
      .type("text/csv; charset=utf-8; header=present")
      .headers({ "content-disposition": `attachment; filename="${name}.csv"`, "cache-control": "no-store" })
      .send(rows);
  }
}
