// The files of the checkout that people wrote, with what they import. Knows no rule about them.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../repositoryRoot";

/** Folders of what is installed, built or cached. */
const notOurs = new Set(["node_modules", ".git", "dist", "out", ".vscode-real", ".vscode-test"]);

/** A source file: its path from the root, with forward slashes, and its text. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** One import of a source. `target` is the path from the root where the import is relative, without an ending. */
export interface Import {
  readonly from: string;
  readonly name: string;
  readonly target?: string;
}

/** All files below a folder of the checkout ("" is all of it) whose names end in one of the endings. */
export function readSources(folder: string, endings: readonly string[]): Source[] {
  const entries = readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return notOurs.has(entry.name) ? [] : readSources(file, endings);
    }
    const isSource = entry.isFile() && endings.some((ending) => entry.name.endsWith(ending));
    return isSource ? [{ file, text: readFileSync(path.join(repositoryRoot, file), "utf8") }] : [];
  });
}

/** Every import, export from, require() and import() of a source, types included. */
export function importsOf({ file, text }: Source): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName: name }) => ({
    from: file,
    name,
    ...(name.startsWith(".") ? { target: targetOf(file, name) } : {}),
  }));
}

/** The names that a source's code uses, without what is written in its strings and comments. */
export function identifiersOf({ file, text }: Source): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      found.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022));
  return found;
}

function targetOf(file: string, name: string): string {
  return path.posix.join(path.posix.dirname(file), name).replace(/\.[cm]?[jt]s$/, "");
}
