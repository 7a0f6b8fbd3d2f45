// The names of files on this machine's disk: a path, and the URI of it. Knows nothing of what is there.
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FileId } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";

/** The name of the file at an absolute path: its URI. */
export function fileAt(path: string): FileId {
  return fileId(pathToFileURL(path).href);
}

/** The path of a file's URI; undefined for what is not on this machine. */
export function pathOfUri(uri: string): string | undefined {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
