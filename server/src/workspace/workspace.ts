// The files that somebody has open, each checked once per text, with the last reading that had no syntax error kept for those that are broken.
// The only thing that changes; what it hands out does not. Knows nothing of any protocol.
import type { Rule, SaidSeverities } from "../../../core/src/index";
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
  /** The number of changes when its surroundings were last seen to be as they were. */
  readonly currentAt: number | undefined;
}

export class Workspace {
  private readonly known = new Map<string, Known>();
  private severities: SaidSeverities = new Map();
  /** Documents that were checked with other severities than hold now. */
  private outdated = new Set<string>();

  /** How a text of the workspace is checked, at every moment; for a fix that is tried. */
  readonly options: CheckOptions;

  constructor(
    private readonly using: readonly Rule[] = rules,
    private readonly surroundings: Surroundings = nowhere,
    /** A number that changes with every change of a file, where somebody tells of them; undefined where nobody does, and the files themselves have to be asked. */
    private readonly changes: () => number | undefined = () => undefined,
  ) {
    const severities = (): SaidSeverities => this.severities;
    this.options = {
      rules: using,
      surroundings,
      get severities() {
        return severities();
      },
    };
  }

  /** Takes a document's text, and checks it unless it and all that it depends on are as they were. */
  update(uri: string, version: number, text: string): Snapshot {
    const known = this.known.get(uri);
    if (known && known.snapshot.text === text && !this.isStale(uri)) {
      if (known.snapshot.version === version) return known.snapshot;
      const same = { ...known.snapshot, version };
      this.known.set(uri, { ...known, snapshot: same });
      return same;
    }
    const surroundings = new RecordedSurroundings(this.surroundings);
    const checked = checkText(uri, text, { rules: this.using, surroundings, severities: this.severities, before: known?.snapshot.checked });
    const snapshot = { uri, version, text, checked, lastGood: checked.filePlan ? checked : known?.snapshot.lastGood };
    this.known.set(uri, { snapshot, surroundings, currentAt: this.changes() });
    this.outdated.delete(uri);
    return snapshot;
  }

  /** Sets severities over those of the configurations, for all documents. True when they are others than before. */
  setSeverities(severities: SaidSeverities): boolean {
    const same = severities.size === this.severities.size && [...severities].every(([rule, severity]) => this.severities.get(rule) === severity);
    if (same) return false;
    this.severities = severities;
    this.outdated = new Set(this.known.keys());
    return true;
  }

  /** True when a document that was checked would be found otherwise now, because a file that it depends on has changed. */
  isStale(uri: string): boolean {
    const known = this.known.get(uri);
    if (!known || this.outdated.has(uri)) return known !== undefined;
    const changes = this.changes();
    if (changes !== undefined && changes === known.currentAt) return false;
    if (!known.surroundings.isCurrent()) return true;
    this.known.set(uri, { ...known, currentAt: changes });
    return false;
  }

  close(uri: string): void {
    this.known.delete(uri);
  }

  get(uri: string): Snapshot | undefined {
    return this.known.get(uri)?.snapshot;
  }
}
