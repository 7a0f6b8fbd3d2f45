// The files that somebody has open, each checked once per text, with the last reading that had no syntax error kept for those that are broken.
// The only thing that changes; what it hands out does not. Knows nothing of any protocol.
import type { Rule } from "../../../core/src/index";
import { rules } from "../../../core/src/index";
import type { CheckedFile, CheckOptions } from "./check";
import { checkText } from "./check";
import type { Surroundings } from "./surroundings";
import { nowhere, RecordedSurroundings } from "./surroundings";

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

interface Known {
  readonly snapshot: Snapshot;
  readonly surroundings: RecordedSurroundings;
}

export class Workspace {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly using: readonly Rule[] = rules,
    private readonly surroundings: Surroundings = nowhere,
  ) {}

  /** Takes a document's text, and checks it unless it and all that it depends on are as they were. */
  update(uri: string, version: number, text: string): Snapshot {
    const known = this.known.get(uri);
    if (known && known.snapshot.text === text && known.surroundings.isCurrent()) {
      const same = { ...known.snapshot, version };
      this.known.set(uri, { ...known, snapshot: same });
      return same;
    }
    const surroundings = new RecordedSurroundings(this.surroundings);
    const checked = checkText(uri, text, { rules: this.using, surroundings });
    const snapshot = { uri, version, text, checked, lastGood: checked.filePlan ? checked : known?.snapshot.lastGood };
    this.known.set(uri, { snapshot, surroundings });
    return snapshot;
  }

  /** How a text of the workspace is checked, for a fix that is tried. */
  get options(): CheckOptions {
    return { rules: this.using, surroundings: this.surroundings };
  }

  /** True when a document that was checked would be found otherwise now, because a file that it depends on has changed. */
  isStale(uri: string): boolean {
    const known = this.known.get(uri);
    return known !== undefined && !known.surroundings.isCurrent();
  }

  close(uri: string): void {
    this.known.delete(uri);
  }

  get(uri: string): Snapshot | undefined {
    return this.known.get(uri)?.snapshot;
  }
}
