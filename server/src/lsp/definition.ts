// From a name or a PCI address to the entry that it means: all places that make it, in this file, in those that it extends, in that of a host. Knows nothing of how mentions are found.
import type { Location, LocationLink, Position } from "vscode-languageserver";
import type { NamingFile } from "../workspace/mentions";
import { mentionAt } from "../workspace/mentions";
import { declarationsOf } from "../workspace/sameEntry";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/**
 * Links say which stretch was meant, where the client takes them.
 * @param files asked for only at a name
 */
export function definitionAt({ checked }: Snapshot, position: Position, files: () => Iterable<NamingFile>, links: boolean): Location[] | LocationLink[] {
  const { source } = checked;
  const mention = mentionAt(checked, source.offset(position));
  if (!mention) return [];
  const declarations = declarationsOf({ file: checked, mention }, files());
  if (!links) return declarations.map(({ file, mention: { span } }) => ({ uri: file.source.file, range: rangeOf(file.source, span) }));
  return declarations.map(({ file, mention: { span, entry } }) => ({
    originSelectionRange: rangeOf(source, mention.span),
    targetUri: file.source.file,
    targetRange: rangeOf(file.source, entry ?? span),
    targetSelectionRange: rangeOf(file.source, span),
  }));
}
