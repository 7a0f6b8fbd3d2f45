// What the server's features use of Node's own library, for a browser: paths as POSIX has them, no disk, and digests. The build holds that they use no more.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import path from "path-browserify";

export const nodeModules: Readonly<Record<string, unknown>> = {
  "node:path": path,
  "node:url": { fileURLToPath: onNoDisk, pathToFileURL: onNoDisk },
  "node:crypto": { createHash },
};

function onNoDisk(name: string): never {
  throw new Error(`${name} is on no disk`);
}

/** A browser's own digests come later only. */
function createHash(algorithm: string): { update(text: string): { digest(encoding: string): string } } {
  if (algorithm !== "sha256") throw new Error(`${algorithm} is not made here`);
  return { update: (text) => ({ digest: () => bytesToHex(sha256(utf8ToBytes(text))) }) };
}
