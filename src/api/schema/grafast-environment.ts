/** Grafast asks on the error output for this choice if nobody has made it, and reads it when it is first imported. */
process.env.GRAPHILE_ENV ??= "production";
