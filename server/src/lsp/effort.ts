// How much work an answer is worth: a client asks for actions at every move of the cursor, and again when somebody opens the menu. Knows nothing of which actions there are.
import type { CodeActionParams } from "vscode-languageserver";
import { CodeActionTriggerKind } from "vscode-languageserver";
import type { Snapshot } from "../workspace/workspace";

/** A text of about a thousand entries. */
const AT_ONCE = 100_000;

/** False where the whole of a larger text would have to be gone through for somebody who only moves the cursor. */
export function isWorthWholeText({ text }: Snapshot, { context }: CodeActionParams): boolean {
  return text.length <= AT_ONCE || context.only !== undefined || context.triggerKind !== CodeActionTriggerKind.Automatic;
}
