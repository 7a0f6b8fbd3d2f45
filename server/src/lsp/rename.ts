// Renaming an entry or a platform: its declaration and every reference by name, in all files. Knows nothing of how mentions are found.
import type { Position, Range, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { nameFault } from "../../../core/src/index";
import type { Mention, NamingFile } from "../workspace/mentions";
import { mentionAt, mentionsOf } from "../workspace/mentions";
import type { PlacedMention } from "../workspace/sameEntry";
import { declarationsOf, fileWithName, mentionsOfSame } from "../workspace/sameEntry";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/** The stretch that a rename would replace, and what is there now; throws where nothing can be renamed, and says why. */
export function prepareRename(snapshot: Snapshot, position: Position, files: Iterable<NamingFile>): { range: Range; placeholder: string } {
  const { mention } = renamed(snapshot, position, files);
  return { range: rangeOf(snapshot.checked.source, mention.span), placeholder: mention.text };
}

/** Throws for a name that the language does not allow or that another entry has. */
export function renameAt(snapshot: Snapshot, position: Position, files: Iterable<NamingFile>, newName: string): WorkspaceEdit {
  const all = [...files];
  const { mention, declaration } = renamed(snapshot, position, all);
  const fault = nameFault(newName);
  if (fault) refuse(`"${newName}" is not a name: ${fault.because}${fault.suggestion === undefined ? "" : `; "${fault.suggestion}" is one`}`);
  const taken = newName === mention.text ? undefined : takenIn(declaration, newName, all);
  if (taken) refuse(`${taken} has the name ${newName}`);
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, mention: one } of mentionsOfSame(declaration, all)) {
    if (one.by === "name") (changes[file.source.file] ??= []).push({ range: rangeOf(file.source, one.span), newText: newName });
  }
  return { changes };
}

function renamed({ checked }: Snapshot, position: Position, files: Iterable<NamingFile>): { mention: Mention; declaration: PlacedMention } {
  const mention = mentionAt(checked, checked.source.offset(position));
  if (!mention) refuse("only the name of an entry can be renamed");
  if (mention.by === "address") refuse("a PCI address is where the function sits; only names can be renamed");
  const all = [...files];
  const [declaration] = declarationsOf({ file: checked, mention }, all).filter((one) => one.mention.by === "name");
  if (!declaration) refuse(`nothing has the name ${mention.text}`);
  const twice = mentionsOfSame(declaration, all).filter(({ file, mention: { role, by } }, index, same) =>
    role === "declaration" && by === "name" && same.some((one, other) => other !== index && one.file === file && one.mention.role === "declaration" && one.mention.by === "name"));
  if (twice.length > 1) refuse(`${twice.length} entries have the name ${mention.text}: give them different names first`);
  return { mention, declaration };
}

/** What has the name already, as the subject of a sentence. */
function takenIn(declaration: PlacedMention, name: string, files: readonly NamingFile[]): string | undefined {
  const { file, mention } = declaration;
  if (mention.id === "file") return files.some((one) => one.kind === file.kind && mentionsOf(one).of("file").some(({ role, text }) => role === "declaration" && text === name)) ? "another file" : undefined;
  const taken = fileWithName(declaration, name, files);
  return taken && (taken.source.file === file.source.file ? "another entry" : `an entry of ${taken.source.file.slice(taken.source.file.lastIndexOf("/") + 1)}`);
}

function refuse(message: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, message);
}
