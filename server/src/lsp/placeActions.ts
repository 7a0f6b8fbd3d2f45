// The refactoring that writes where a guest's memory lies by its plan, as `platmap plan --write` does. Knows nothing of how the plan comes about.
import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import { bankEdits, freshPlacementOf, GuestPlan } from "../../../core/src/index";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { CheckOptions } from "../workspace/check";
import { checkText, isMended } from "../workspace/check";
import type { Snapshot } from "../workspace/workspace";
import { editsOf } from "./convert";

/** At the guest's name and in its memory. Not offered where the file says the same already, or would have a finding more. */
export function placeActionsAt({ uri, checked }: Snapshot, { range }: CodeActionParams, checking: CheckOptions): CodeAction[] {
  const { source, filePlan: plan } = checked;
  const [key] = source.anchorAt(source.offset(range.start))?.path ?? [];
  if (!(plan instanceof GuestPlan) || (key !== "memory" && key !== "guest")) return [];
  const placement = freshPlacementOf(plan);
  const edits = placement.feasible ? textEdits(source, bankEdits(placement)) : undefined;
  const text = edits && applyTextEdits(source.text, edits);
  if (!edits || text === undefined || saysSame(text, source.text) || !isMended(checked, [], checkText(source.file, text, { ...checking, before: checked }))) return [];
  const names = placement.memory.filter(({ origin }) => origin === "placed").map(({ entry }) => entry.name);
  const hosts = plan.hosts.length;
  const title = `Write the banks of ${names.length > 3 ? `all ${names.length} memories` : names.join(", ")}${hosts > 1 ? ` that fit on all ${hosts} hosts` : ""}`;
  return [{ title, kind: CodeActionKind.RefactorRewrite, edit: { changes: { [uri]: editsOf(source, edits) } } }];
}

/** Blanks apart: what a person has broken over lines is not put on one again. */
function saysSame(a: string, b: string): boolean {
  return a.replace(/\s|,(?=\s*[\]}])/g, "") === b.replace(/\s|,(?=\s*[\]}])/g, "");
}
