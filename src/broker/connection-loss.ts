const CONNECTION_LOSS = new Set([
  "57P01", // the server or an administrator ended the connection
  "57P02",
  "57P03", // the server is starting up or shutting down
  "53300", // too many connections: others are reconnecting too
  "57P05", // idle for longer than the server allows
  "25P03",
  "25006", // the server is a standby now
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT", // socket file of a server that is down
  "ETIMEDOUT",
  "ENOTFOUND", // name servers come and go with networks
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Is the connection gone, rather than a statement wrong? */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    CONNECTION_LOSS.has(code) ||
    code.startsWith("08") ||
    (code === "" &&
      /^Connection terminated|^Client has encountered a connection error|timeout exceeded when trying to connect|not queryable|client was closed/.test(
        error.message,
      ))
  );
}
