// The files that somebody has open, each checked once per text, with the last reading that had no syntax error kept for those that are broken.
// The only thing that changes; what it hands out does not. Knows nothing of any protocol.
import type { Rule } from "../../../core/src/index";
import { rules } from "../../../core/src/index";
import type { CheckedFile } from "./check";
import { checkText } from "./check";

/** One text of one document. */
export interface Snapshot {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  /** The text as it is. */
  readonly checked: CheckedFile;
  /** The last text of the document that could be planned; `checked` itself unless that is broken. */
  readonly lastGood: CheckedFile | undefined;
}

export class Workspace {
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly using: readonly Rule[] = rules) {}

  /** Takes a document's text, and checks it unless it is the one that is known. */
  update(uri: string, version: number, text: string): Snapshot {
    const known = this.snapshots.get(uri);
    if (known && known.text === text) {
      const same = { ...known, version };
      this.snapshots.set(uri, same);
      return same;
    }
    const checked = checkText(uri, text, this.using);
    const snapshot = { uri, version, text, checked, lastGood: checked.plan ? checked : known?.lastGood };
    this.snapshots.set(uri, snapshot);
    return snapshot;
  }

  close(uri: string): void {
    this.snapshots.delete(uri);
  }

  get(uri: string): Snapshot | undefined {
    return this.snapshots.get(uri);
  }
}
