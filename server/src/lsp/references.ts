// All places that mean what the cursor is on, as a list over all files and as highlights in this one. Knows nothing of how mentions are found.
import type { DocumentHighlight, Location, Position } from "vscode-languageserver";
import { DocumentHighlightKind } from "vscode-languageserver";
import type { NamingFile } from "../workspace/mentions";
import { mentionAt } from "../workspace/mentions";
import type { PlacedMention } from "../workspace/sameEntry";
import { mentionsOfSame } from "../workspace/sameEntry";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/** @param files asked for only at a name */
export function referencesAt(snapshot: Snapshot, position: Position, files: () => Iterable<NamingFile>, includeDeclaration: boolean): Location[] {
  const wanted = sameAs(snapshot, position, files).filter(({ mention }) => includeDeclaration || mention.role === "reference");
  return wanted.map(({ file, mention }) => ({ uri: file.source.file, range: rangeOf(file.source, mention.span) }));
}

/** @param files asked for only at a name */
export function highlightsAt(snapshot: Snapshot, position: Position, files: () => Iterable<NamingFile>): DocumentHighlight[] {
  const { source } = snapshot.checked;
  const own = sameAs(snapshot, position, files).filter(({ file }) => file.source === source);
  return own.map(({ mention: { span, role } }) => ({
    range: rangeOf(source, span),
    kind: role === "declaration" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

function sameAs({ checked }: Snapshot, position: Position, files: () => Iterable<NamingFile>): readonly PlacedMention[] {
  const mention = mentionAt(checked, checked.source.offset(position));
  return mention ? mentionsOfSame({ file: checked, mention }, files()) : [];
}
