// Hovers: what a key means, what a value comes to. While the text is broken, the last good one answers. Knows nothing of the words.
import type { Hover, Position } from "vscode-languageserver";
import { MarkupKind } from "vscode-languageserver";
import { describeAnchor } from "../../../core/src/index";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

export function hoverAt(snapshot: Snapshot, position: Position): Hover | undefined {
  const { source } = snapshot.checked;
  const anchor = source.anchorAt(source.offset(position));
  const plan = snapshot.lastGood?.filePlan;
  if (!anchor || !plan) return undefined;
  const value = describeAnchor(plan, anchor);
  return value === undefined ? undefined : { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(source, anchor) };
}
