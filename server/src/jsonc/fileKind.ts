// Which kind of file a text is. A configuration is known by its name; of the three others the first of the three keys at the top level decides, then the
// file's name.
// Knows nothing of what the files say.
import type { FileKind } from "../../../core/src/index";
import type { Source } from "./source";
import { NodeKind } from "./tree";

const KINDS = ["platform", "guest", "fleet"] as const;

/** The kind, or undefined when neither a key nor the file's name tells. */
export function fileKindOf(source: Source): FileKind | undefined {
  if (isConfigurationName(source.file)) return "config";
  const { tree } = source;
  const root = tree.root;
  if (root >= 0 && tree.kind(root) === NodeKind.Object) {
    for (const child of tree.children(root)) {
      const kind = KINDS.find((one) => one === tree.string(child));
      if (kind) return kind;
    }
  }
  return kindOfFileName(source.file);
}

/** The kind that a file's name says: `x.platform.jsonc`, `x.guest.json`. */
export function kindOfFileName(name: string): FileKind | undefined {
  if (isConfigurationName(name)) return "config";
  const kind = /\.(platform|guest|fleet)\.jsonc?$/i.exec(name)?.[1]?.toLowerCase();
  return KINDS.find((one) => one === kind);
}

/** The names of a configuration, the first before the second. */
export const CONFIGURATION_NAMES = ["platmap.config.jsonc", "platmap.config.json"] as const;

function isConfigurationName(name: string): boolean {
  return /(?:^|[\\/])platmap\.config\.jsonc?$/.test(name);
}
