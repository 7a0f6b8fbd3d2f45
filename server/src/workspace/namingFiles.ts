// Files as those see them who look for names in them: with the files that they name and extend, which are looked up only where a name leads there.
// Knows nothing of names, nor of which files there are.
import type { FileId, FileKind } from "../../../core/src/index";
import type { Source } from "../jsonc/source";
import type { NamingFile } from "./mentions";
import { mentionsOf } from "./mentions";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";

/** @param others the files that it names, by their names; asked for once */
export function namingFile({ source, kind }: { readonly source: Source; readonly kind: FileKind | undefined }, surroundings: Surroundings, others: () => ReadonlyMap<FileId, NamingFile>): NamingFile {
  let known: ReadonlyMap<FileId, NamingFile> | undefined;
  let below: readonly NamingFile[] | undefined;
  const file: NamingFile = {
    source,
    kind,
    get others() {
      return (known ??= others());
    },
    get lower() {
      return (below ??= filesBelow(file, surroundings));
    },
  };
  return file;
}

function filesBelow({ source, kind }: NamingFile, surroundings: Surroundings): readonly NamingFile[] {
  return mentionsOf({ source, kind }).extended.flatMap((path) => {
    const found = surroundings.find(source.file, path, false);
    const [file] = isUnreadable(found) ? [] : found;
    const reading = file === undefined ? undefined : surroundings.read(file);
    return reading === undefined || isUnreadable(reading) || reading.kind !== "platform" ? [] : [namingFile(reading, surroundings, () => new Map())];
  });
}
