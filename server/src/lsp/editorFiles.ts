// The files of an editor: those that are open over those on the disk, by their URIs, inside the folders that are open. Knows nothing of what they say.
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FileId } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";
import type { Host } from "../host";
import { HostSurroundings, isInside, repositoryOf } from "../workspace/hostSurroundings";

/**
 * @param folders the workspace folders' paths at this moment
 * @param openText the text of an open document by its URI
 */
export function editorSurroundings(host: Host, folders: () => readonly string[], openText: (uri: string) => string | undefined): HostSurroundings {
  return new HostSurroundings({
    host,
    pathOf: (file) => pathOfUri(file),
    fileAt,
    rootOf: (path) => rootOf(host, folders(), path),
    openText: (file) => openText(file),
  });
}

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

/** Of folders inside one another the outermost; a file outside them all may not leave its repository. */
function rootOf(host: Host, folders: readonly string[], path: string): string | undefined {
  const around = folders.filter((folder) => isInside(folder, path)).sort((a, b) => a.length - b.length);
  return around[0] ?? repositoryOf(host, path);
}
