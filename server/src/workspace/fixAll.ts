// Mends a text as far as fixes go: what one pass mends may let the next one mend more, until nothing is left that a fix removes without making a new
// finding. Knows nothing of files, nor of what a fix changes.
import type { Anchor, Edit, Finding, Fix, Place, ProblemKind } from "../../../core/src/index";
import { isTextSpan } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { CheckedFile, CheckOptions } from "./check";
import { checkText, findingKey, isMended } from "./check";

/** A fix that was applied, and where its finding stood in the text that it was applied to. */
export interface AppliedFix {
  readonly rule: string;
  readonly title: string;
  /** Counts from one. */
  readonly line: number;
}

export interface MendedText {
  readonly text: string;
  readonly applied: readonly AppliedFix[];
  /** The text after all fixes, checked. */
  readonly checked: CheckedFile;
}

export interface MendingOptions {
  readonly isWanted?: (finding: Finding) => boolean;
  /** Whether a fix may take away an entry of a list: which of two things is one too many, a program cannot know. */
  readonly mayRemoveEntries?: boolean;
  readonly checking?: CheckOptions;
}

/**
 * Applies the first fix that holds of each wanted finding, again and again. Every step removes findings and adds none, so it ends.
 * How a value is written is mended first, and nothing is moved because of a value that may be meant otherwise than it reads.
 */
export function fixAll(file: string, text: string, { isWanted = () => true, mayRemoveEntries = false, checking = {} }: MendingOptions = {}): MendedText {
  const mending = new Mending(checkText(file, text, checking), mayRemoveEntries, checking);
  // Of what a text may mean the fixes are alternatives: when the likely one does not hold, a person decides.
  mending.mendAll((finding) => isWanted(finding) && isAboutText(mending.checked, finding), 1);
  mending.mendAll((finding) => isWanted(finding) && !isDoubtful(mending.checked, finding), Infinity);
  return { text: mending.checked.source.text, applied: mending.applied, checked: mending.checked };
}

class Mending {
  readonly applied: AppliedFix[] = [];

  constructor(
    public checked: CheckedFile,
    private readonly mayRemoveEntries: boolean,
    private readonly checking: CheckOptions,
  ) {}

  /** Of a finding's fixes, as many are tried as `alternatives`. */
  mendAll(isWanted: (finding: Finding) => boolean, alternatives: number): void {
    /** Findings whose fixes did not hold. */
    const refused = new Set<string>();
    let batch = LARGEST_BATCH;
    for (let progress = false; ; ) {
      const { checked } = this;
      const proposals = this.proposals((finding) => isWanted(finding) && !refused.has(findingKey(checked, finding)), batch);
      if (proposals.length > 0) {
        const mended = this.mendMost(proposals, alternatives, refused);
        progress ||= mended > 0;
        batch = Math.max(2, Math.min(LARGEST_BATCH, mended * 4));
      } else if (!progress) return;
      else {
        // What did not hold before may do so now that others are mended.
        refused.clear();
        progress = false;
      }
    }
  }

  /** The first fixes of the first findings, as many as `limit`, that can be applied together: their edits touch different stretches of the text. */
  private proposals(isWanted: (finding: Finding) => boolean, limit: number): readonly Proposal[] {
    const taken: TextEdit[] = [];
    const proposals: Proposal[] = [];
    for (const finding of this.checked.findings) {
      if (proposals.length >= limit) break;
      const [proposal] = isWanted(finding) ? this.proposalsOf(finding) : [];
      if (!proposal || proposal.edits.some((edit) => taken.some((other) => edit.start <= other.end && other.start <= edit.end))) continue;
      taken.push(...proposal.edits);
      proposals.push(proposal);
    }
    return proposals;
  }

  private proposalsOf(finding: Finding): Proposal[] {
    const allowed = finding.fixes.filter((fix) => this.mayRemoveEntries || !fix.edits.some(removesEntry));
    return allowed.flatMap((fix) => {
      const edits = textEdits(this.checked.source, fix.edits);
      return edits && edits.length > 0 ? [{ finding, fix, edits }] : [];
    });
  }

  /**
   * Applies them together where that holds, else half of them, down to one: so that a thousand small fixes are tried once and not a thousand times.
   * One that does not hold alone is replaced by the next fix of its finding; when none holds, the finding joins `refused`. Gives how many were applied.
   */
  private mendMost(proposals: readonly Proposal[], alternatives: number, refused: Set<string>): number {
    for (let count = proposals.length; count > 1; count = Math.ceil(count / 2)) {
      if (this.mendWith(proposals.slice(0, count))) return count;
    }
    const { finding } = proposals[0] as Proposal;
    if (this.proposalsOf(finding).slice(0, alternatives).some((proposal) => this.mendWith([proposal]))) return 1;
    refused.add(findingKey(this.checked, finding));
    return 0;
  }

  private mendWith(proposals: readonly Proposal[]): boolean {
    const { checked } = this;
    const edits = proposals.flatMap((one) => one.edits).sort((a, b) => a.start - b.start || a.end - b.end);
    const after = checkText(checked.source.file, applyTextEdits(checked.source.text, edits), this.checking);
    const findings = proposals.map((one) => one.finding);
    if (!isMended(checked, findings, after)) return false;
    this.applied.push(...proposals.map(({ finding, fix }) => ({ rule: finding.rule, title: fix.title, line: lineOf(checked, finding) })));
    this.checked = after;
    return true;
  }
}

/** Takes it away, or leaves it out of those of an extended file. */
function removesEntry(edit: Edit): boolean {
  if (edit.op === "add") return edit.to.path.length === 0 && edit.key === "remove";
  if (edit.op === "insert") return edit.to.path[0] === "remove";
  return edit.op === "remove" && typeof edit.at.path.at(-1) === "number";
}

/** More fixes are not tried together. A batch that fails makes the next one small, one that holds makes it grow. */
const LARGEST_BATCH = 4096;

/** A fix of a finding, not tried yet. */
interface Proposal {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly edits: readonly TextEdit[];
}

/** The problems of a value that was read, and read as it was meant. */
const HARMLESS: ReadonlySet<ProblemKind> = new Set<ProblemKind>(["untidy-address", "number-for-address", "comment-disagrees", "duplicate-name", "limit"]);

/** True for a finding that says how something is written, not where it lies: its rule puts a problem of reading into words, and is called like it. */
function isAboutText({ filePlan }: CheckedFile, { rule }: Finding): boolean {
  return filePlan?.problems.some(({ kind }) => kind === rule) ?? false;
}

/** True when an entry that takes part was perhaps meant otherwise than it was read. */
function isDoubtful({ filePlan }: CheckedFile, finding: Finding): boolean {
  const doubtful = (filePlan?.problems ?? []).filter(({ kind, at }) => !HARMLESS.has(kind) && !isTextSpan(at)).map(({ at }) => entryOf(at));
  return [finding.at, ...finding.related.map((one) => one.at)].some((place) => doubtful.includes(entryOf(place)));
}

/** The innermost element of a list around a place. */
function entryOf(place: Place): string | undefined {
  const path = isTextSpan(place) ? [] : (place as Anchor).path;
  const depth = path.findLastIndex((step) => typeof step === "number");
  return depth < 0 ? undefined : path.slice(0, depth + 1).join("/");
}

function lineOf({ source }: CheckedFile, finding: Finding): number {
  return source.position(source.span(finding.at).start).line + 1;
}
