/** `PROOF=20 npm test` looks at twenty times as many random cases, and gives those that have a time-out of their own as much longer. */
const PROOF = Number(process.env.PROOF ?? 1);

/** Runs of a property in the suite. */
export const runs = (usual: number): number => usual * PROOF;

/** Time-out of such a test, in milliseconds. */
export const within = (usual: number): number => usual * PROOF;
