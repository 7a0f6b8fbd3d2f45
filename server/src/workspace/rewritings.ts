// Other ways to write a value or a place, each tried: the text that it makes must give the same, and no finding more. Knows nothing of editors.
import type { Anchor } from "../../../core/src/index";
import { expressionRewritings, extentsOf, formChanges, jsonPointer, printRange } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { CheckedFile, CheckOptions } from "./check";
import { checkText } from "./check";

export interface TriedRewriting {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** The rewritings of the value at an anchor that keep what they promise. */
export function triedRewritings(checked: CheckedFile, anchor: Anchor, options: CheckOptions = {}): TriedRewriting[] {
  const { plan, source, findings } = checked;
  if (!plan || anchor.part !== "value") return [];
  return expressionRewritings(plan, anchor).flatMap(({ title, at, edits: wanted, value }) => {
    const edits = textEdits(source, wanted);
    if (!edits) return [];
    const after = checkText(source.file, applyTextEdits(source.text, edits), { ...options, before: checked });
    const expression = after.plan?.expressionAt(at.path);
    const keeps = plan.expressionAt(at.path) ? expression === undefined : expression?.value === value;
    return keeps && after.findings.length <= findings.length ? [{ title, edits }] : [];
  });
}

/** The other forms in which the entry around an anchor can say where it lies, those that leave it where it is. */
export function triedFormChanges(checked: CheckedFile, anchor: Anchor, options: CheckOptions = {}): TriedRewriting[] {
  const { filePlan, source, findings } = checked;
  return !filePlan ? [] : formChanges(filePlan, anchor).flatMap(({ title, edits: wanted }) => {
    const edits = textEdits(source, wanted);
    if (!edits) return [];
    const after = checkText(source.file, applyTextEdits(source.text, edits), { ...options, before: checked });
    const isSame = placesIn(after) === placesIn(checked) && after.findings.length <= findings.length;
    return isSame ? [{ title, edits }] : [];
  });
}

/** Where everything lies, in a form that is the same however it is written. */
function placesIn({ filePlan }: CheckedFile): string {
  const extents = filePlan ? [...extentsOf(filePlan.said)] : [];
  return extents.map(({ entry, extent }) => `${jsonPointer(entry.path)} ${extent.ranges.map(printRange).join(" ")}`).join("\n");
}
