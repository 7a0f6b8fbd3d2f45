// Other ways to write a value, each tried: the text that it makes must give the same value, and no finding more. Knows nothing of editors.
import type { Anchor } from "../../../core/src/index";
import { expressionRewritings } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { CheckedFile } from "./check";
import { checkText } from "./check";

export interface TriedRewriting {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** The rewritings of the value at an anchor that keep what they promise. */
export function triedRewritings(checked: CheckedFile, anchor: Anchor): TriedRewriting[] {
  const { plan, source, findings } = checked;
  if (!plan || anchor.part !== "value") return [];
  return expressionRewritings(plan, anchor).flatMap(({ title, at, edits: wanted, value }) => {
    const edits = textEdits(source, wanted);
    if (!edits) return [];
    const after = checkText(source.file, applyTextEdits(source.text, edits));
    const expression = after.plan?.expressionAt(at.path);
    const keeps = plan.expressionAt(at.path) ? expression === undefined : expression?.value === value;
    return keeps && after.findings.length <= findings.length ? [{ title, edits }] : [];
  });
}
