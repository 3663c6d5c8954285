import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Each test file has a process of its own, and some start programs: they share what Node.js has compiled. */
export default function setUp(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), "parley-compiled-"));
  process.env.NODE_COMPILE_CACHE = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
