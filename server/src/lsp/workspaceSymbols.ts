// Entries of all files by name, and the files themselves. Knows nothing of which files there are.
import type { SymbolInformation } from "vscode-languageserver";
import { SymbolKind } from "vscode-languageserver";
import type { EntryKind } from "../../../core/src/index";
import { shownText } from "../../../core/src/index";
import type { NamingFile } from "../workspace/mentions";
import { mentionsOf } from "../workspace/mentions";
import { rangeOf } from "./convert";

/** More are not sent: whoever sees a thousand types another letter. */
const SYMBOL_LIMIT = 1000;

const ENTRY_SYMBOLS: Readonly<Record<EntryKind, SymbolKind>> = {
  memory: SymbolKind.Array,
  device: SymbolKind.Interface,
  reservation: SymbolKind.Constant,
  doorbell: SymbolKind.Event,
  iommu: SymbolKind.Operator,
  "host-bridge": SymbolKind.Module,
  function: SymbolKind.Object,
  "guest-memory": SymbolKind.Array,
  "guest-device": SymbolKind.Interface,
  "guest-window": SymbolKind.Field,
  "migration-group": SymbolKind.Package,
  platform: SymbolKind.Class,
};

/** Names that have the letters of the query in their order, whatever is between. An empty query means all. */
export function workspaceSymbols(files: Iterable<NamingFile>, query: string): SymbolInformation[] {
  const symbols: SymbolInformation[] = [];
  for (const file of files) {
    for (const { role, by, text, kind, span } of mentionsOf(file).all) {
      if (role !== "declaration" || by !== "name" || !hasLetters(text, query)) continue;
      const noun = kind && `${kind.replaceAll("-", " ")}${isOverAnother(file, text) ? ", over that of an extended file" : ""}`;
      symbols.push({ name: shownText(text), kind: kind ? ENTRY_SYMBOLS[kind] : SymbolKind.Field, location: { uri: file.source.file, range: rangeOf(file.source, span) }, ...(noun !== undefined && { containerName: noun }) });
      if (symbols.length === SYMBOL_LIMIT) return symbols;
    }
  }
  return symbols;
}

function isOverAnother({ lower = [] }: NamingFile, name: string): boolean {
  return lower.some((one) => mentionsOf(one).of(`name ${name}`).some(({ role }) => role === "declaration"));
}

function hasLetters(name: string, query: string): boolean {
  const lower = name.toLowerCase();
  let from = 0;
  for (const letter of query.toLowerCase()) {
    const found = lower.indexOf(letter, from);
    if (found < 0) return false;
    from = found + 1;
  }
  return true;
}
