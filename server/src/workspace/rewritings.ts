// Other ways to write a value or a place, each tried: the text that it makes must give the same, and no finding more. Knows nothing of editors.
import type { Anchor, Extent } from "../../../core/src/index";
import { expressionRewritings, extentsOf, formChanges, samePath } from "../../../core/src/index";
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
    return lieSame(checked, after) && after.findings.length <= findings.length ? [{ title, edits }] : [];
  });
}

/** Everything lies where it did, however that is written. */
function lieSame({ filePlan: before }: CheckedFile, { filePlan: after }: CheckedFile): boolean {
  const others = extentsOf(after?.said);
  for (const one of extentsOf(before?.said)) {
    const { value: other } = others.next();
    if (!other || !samePath(one.entry.path, other.entry.path) || !coverSame(one.extent, other.extent)) return false;
  }
  return others.next().done === true;
}

function coverSame({ ranges }: Extent, { ranges: others }: Extent): boolean {
  return ranges.length === others.length && ranges.every(({ base, end }, index) => base === others[index]?.base && end === others[index].end);
}
