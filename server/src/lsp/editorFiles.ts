// The files of an editor: those that are open over those on the disk or handed over by the client, by their URIs, inside the folders that are open.
// Knows nothing of what they say.
import type { FileId } from "../../../core/src/index";
import type { Host } from "../host";
import { HostSurroundings, isInside, repositoryOf } from "../workspace/hostSurroundings";
import type { Surroundings } from "../workspace/surroundings";
import type { ClientFiles } from "./clientFiles";
import { isMarked } from "./clientFiles";
import { fileAt, pathOfUri } from "./diskNames";

export interface EditorFilesOptions {
  readonly disk: Host;
  readonly client: ClientFiles;
  /** The URIs of the folders that are open at this moment. */
  folders(): readonly string[];
  /** The text of an open document by its URI. */
  openText(uri: string): string | undefined;
}

/** Two file systems that never meet: no path leads from one into the other. */
export class EditorFiles {
  /** Both, by the path. */
  readonly host: Host;
  readonly surroundings: Surroundings;

  constructor(private readonly options: EditorFilesOptions) {
    const { disk, client, openText } = options;
    this.host = eitherHost(disk, client.host);
    const onDisk = editorSurroundings(disk, () => this.folders(), openText);
    const handed = new HostSurroundings({
      host: client.host,
      pathOf: (file) => client.pathOf(file),
      fileAt: (path) => client.fileAt(path),
      rootOf: (path) => outermost(this.folders(), path),
      openText,
    });
    const of = (file: FileId): Surroundings => (client.pathOf(file) === undefined ? onDisk : handed);
    this.surroundings = {
      find: (from, path, several) => of(from).find(from, path, several),
      configurationOf: (file) => of(file).configurationOf(file),
      read: (file) => of(file).read(file),
    };
  }

  /** The paths of the folders that are open. */
  folders(): readonly string[] {
    return this.options.folders().map((uri) => this.pathOf(uri)).filter((folder) => folder !== undefined);
  }

  /** Undefined for what is neither on this machine nor handed over. */
  pathOf(uri: string): string | undefined {
    return this.options.client.pathOf(uri) ?? pathOfUri(uri);
  }

  fileAt(path: string): FileId {
    return isMarked(path) ? this.options.client.fileAt(path) : fileAt(path);
  }

  /** A file's URI in one spelling: clients differ in what they escape. */
  nameOf(uri: string): FileId {
    const path = this.pathOf(uri);
    return path === undefined ? (uri as FileId) : this.fileAt(path);
  }
}

/**
 * The files of the disk alone.
 * @param folders the workspace folders' paths at this moment
 * @param openText the text of an open document by its URI
 */
export function editorSurroundings(host: Host, folders: () => readonly string[], openText: (uri: string) => string | undefined): HostSurroundings {
  return new HostSurroundings({
    host,
    pathOf: (file) => pathOfUri(file),
    fileAt,
    rootOf: (path) => outermost(folders(), path) ?? repositoryOf(host, path),
    openText: (file) => openText(file),
  });
}

/** Of folders inside one another the outermost; a file of the disk outside them all may not leave its repository. */
function outermost(folders: readonly string[], path: string): string | undefined {
  return folders.filter((folder) => isInside(folder, path)).sort((a, b) => a.length - b.length)[0];
}

/** Reads where the path says; everything else is the disk's. */
function eitherHost(disk: Host, handed: Host): Host {
  const at = (path: string): Host => (isMarked(path) ? handed : disk);
  return {
    ...disk,
    readFile: (path, atMost) => at(path).readFile(path, atMost),
    kindOf: (path) => at(path).kindOf(path),
    stateOf: (path) => at(path).stateOf(path),
    listFolder: (path) => at(path).listFolder(path),
    linkTarget: (path) => at(path).linkTarget(path),
    writeFile: (path, text) => at(path).writeFile(path, text),
  };
}
