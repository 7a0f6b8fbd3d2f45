// Files that are only in memory, as a disk for what is under test. Knows nothing of what they say.
import path from "node:path";
import { fileId } from "../../core/src/index";
import type { Host } from "../../server/src/host";
import { HostSurroundings } from "../../server/src/workspace/hostSurroundings";

const FOLDER = "/memory/here";

/** Surroundings of files by their paths from one folder, which may begin with `../`. */
export function memoryFiles(texts: ReadonlyMap<string, string>): HostSurroundings {
  return new HostSurroundings({
    host: memoryHost(texts),
    pathOf: (file) => path.posix.join(FOLDER, file),
    fileAt: (full) => fileId(path.posix.relative(FOLDER, full)),
    rootOf: () => "/memory",
  });
}

/** A disk that holds nothing but these texts. */
export function memoryHost(texts: ReadonlyMap<string, string>): Host {
  const files = new Map([...texts].map(([name, text]) => [path.posix.join(FOLDER, name), text]));
  const refuse = (): never => {
    throw new Error("nothing is written here");
  };
  return {
    workingFolder: FOLDER,
    readFile(file) {
      const text = files.get(file);
      if (text === undefined) throw new Error("there is no such file");
      return new TextEncoder().encode(text);
    },
    kindOf: (file) => (files.has(file) ? "file" : [...files.keys()].some((one) => one.startsWith(`${file}/`)) ? "folder" : undefined),
    stateOf: (file) => files.get(file),
    listFolder: (folder) => [...new Set([...files.keys()].filter((one) => one.startsWith(`${folder}/`)).map((one) => one.slice(folder.length + 1).split("/")[0] as string))].sort(),
    linkTarget: refuse,
    writeFile: refuse,
    readStandardInput: refuse,
    run: refuse,
  };
}

/** Which kind of file a text is, by the first key that tells. */
export function kindOfText(text: string): string {
  return /"(platform|guest|fleet)"\s*:/.exec(text)?.[1] ?? "platform";
}
