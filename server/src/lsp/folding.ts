// Folding: objects, lists and blocks of comments that span lines. Knows nothing of the language's keys.
import type { FoldingRange } from "vscode-languageserver";
import { FoldingRangeKind } from "vscode-languageserver";
import type { Source } from "../jsonc/source";
import { NodeKind } from "../jsonc/tree";

export function foldingRangesOf(source: Source): FoldingRange[] {
  return [...nestedRanges(source), ...commentRanges(source)];
}

function nestedRanges(source: Source): FoldingRange[] {
  const { tree } = source;
  const ranges: FoldingRange[] = [];
  for (let node = 0; node < tree.size; node++) {
    if (tree.kind(node) !== NodeKind.Object && tree.kind(node) !== NodeKind.Array) continue;
    const startLine = source.position(tree.start(node)).line;
    const endLine = source.position(tree.end(node)).line - 1;
    if (endLine > startLine) ranges.push({ startLine, endLine });
  }
  return ranges;
}

/** Comments on lines that follow each other are one block. */
function commentRanges(source: Source): FoldingRange[] {
  const { comments } = source.tree;
  const ranges: FoldingRange[] = [];
  let open: { startLine: number; endLine: number } | undefined;
  for (let i = 0; i <= comments.length; i += 2) {
    const startLine = i < comments.length ? source.position(comments[i] as number).line : Infinity;
    if (open && startLine === open.endLine + 1) open.endLine = source.position(comments[i + 1] as number).line;
    else {
      if (open && open.endLine > open.startLine) ranges.push({ ...open, kind: FoldingRangeKind.Comment });
      open = i < comments.length ? { startLine, endLine: source.position(comments[i + 1] as number).line } : undefined;
    }
  }
  return ranges;
}
