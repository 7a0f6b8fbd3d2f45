// New folders for tests, which go when the tests of the file that asked for them have ended. `scripts/mocha.mjs` loads this for its hook, and fails a run that
// leaves any behind. Knows nothing of what is put into them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders: string[] = [];

/** A new, empty folder. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "platmap-"));
  folders.push(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Mocha runs this after the last test of each file. */
export const mochaHooks = { afterAll: removeAll };

// Where mocha was started without the hook.
process.on("exit", removeAll);
