// Renaming an entry or a platform: its declaration and every reference by name, in all files. Knows nothing of how mentions are found.
import type { Position, Range, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { nameFault } from "../../../core/src/index";
import type { Mention, NamingFile, PlacedMention } from "../workspace/mentions";
import { declarationsOf, mentionsOf, mentionsOfSame } from "../workspace/mentions";
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
  if (newName !== mention.text && isTaken(declaration, newName, all)) refuse(`${declaration.mention.id === "file" ? "another file" : "another entry"} has the name ${newName}`);
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, mention: one } of mentionsOfSame(declaration, all)) {
    if (one.by === "name") (changes[file.source.file] ??= []).push({ range: rangeOf(file.source, one.span), newText: newName });
  }
  return { changes };
}

function renamed({ checked }: Snapshot, position: Position, files: Iterable<NamingFile>): { mention: Mention; declaration: PlacedMention } {
  const mention = mentionsOf(checked).at(checked.source.offset(position));
  if (!mention) refuse("only the name of an entry can be renamed");
  if (mention.by === "address") refuse("a PCI address is where the function sits; only names can be renamed");
  const declarations = declarationsOf({ file: checked, mention }, files);
  if (declarations.length > 1) refuse(`${declarations.length} entries have the name ${mention.text}: give them different names first`);
  const [declaration] = declarations;
  if (!declaration) refuse(`nothing has the name ${mention.text}`);
  return { mention, declaration };
}

function isTaken({ file, mention }: PlacedMention, name: string, files: readonly NamingFile[]): boolean {
  if (mention.id !== "file") return mentionsOf(file).declarationsOf(`name ${name}`).length > 0;
  return files.some((one) => one.kind === file.kind && mentionsOf(one).declarationsOf("file").some(({ text }) => text === name));
}

function refuse(message: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, message);
}
