// A new layout as edits of the text, tried: it must make no new finding, and leave of the overlaps only those that cannot be mended. Knows nothing of editors.
import type { Overlap } from "../../../core/src/index";
import { describeRelayout, isTextSpan, jsonPointer, relayout, relayoutDetails } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { CheckedFile, CheckOptions } from "./check";
import { checkText, isMended } from "./check";

export interface TriedLayout {
  readonly title: string;
  /** What moves where, and what stays, one a line. */
  readonly details: readonly string[];
  readonly edits: readonly TextEdit[];
}

/** Undefined where nothing overlaps in the physical map, or nothing of that can be mended by moving. */
export function triedLayout(checked: CheckedFile, options: CheckOptions): TriedLayout | undefined {
  const waived = new Set(checked.waived.map(({ finding: { at } }) => (isTextSpan(at) ? "" : jsonPointer(at.path))));
  const isMeant = ({ later }: Overlap): boolean => waived.has(jsonPointer(later.at.path));
  const layout = checked.plan && relayout(checked.plan, isMeant);
  const edits = layout && textEdits(checked.source, layout.edits);
  if (!layout || !edits) return undefined;
  const after = checkText(checked.source.file, applyTextEdits(checked.source.text, edits), options);
  const left = after.plan?.overlaps.overlaps.filter((one) => one.map === after.plan?.physical && !isMeant(one)).length ?? Infinity;
  if (left > layout.blocked.length || !isMended(checked, [], after)) return undefined;
  return { title: describeRelayout(layout), details: relayoutDetails(layout), edits };
}
