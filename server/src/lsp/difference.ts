// Two files compared for a client: `platmap/difference`, and the same as a command for clients that send no requests of their own. A side is a document, a
// text, a file of a git revision, or a capture of a machine. Knows nothing of how a difference is worked out or worded.
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { Location } from "vscode-languageserver";
import type { Anchor, ComparisonView, ComparisonViewOptions, Difference, DifferenceItem, FitChange } from "../../../core/src/index";
import { compareMaps, comparisonView, describeDifferenceCounts, differenceItems, fileId, fitChanges, GuestPlan, Plan } from "../../../core/src/index";
import { differenceAsJson } from "../cli/report/differenceJson";
import { printMarkdownDifference } from "../cli/report/differenceMarkdown";
import type { Host } from "../host";
import { reasonOf } from "../host";
import { fileKindOf, kindOfFileName } from "../jsonc/fileKind";
import { Source } from "../jsonc/source";
import type { CheckedFile } from "../workspace/check";
import { checkText, sourceOf, writtenAt } from "../workspace/check";
import type { ComparedFile } from "../workspace/comparedFile";
import { comparedFile, differenceOfFiles } from "../workspace/comparedFile";
import { decodeText } from "../workspace/decode";
import type { GuestFiles } from "../workspace/guestFiles";
import { GitError, revisionHost } from "../workspace/revisionHost";
import type { Surroundings } from "../workspace/surroundings";
import { isUnreadable } from "../workspace/surroundings";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";
import { editorSurroundings, pathOfUri } from "./editorFiles";


/**
 * One side. `uri` alone: the document as it is open, else the file, which may be a capture of a machine. With `text`: that text, read under the name `uri`. With
 * `revision`: the file as it was in that git revision, together with the files that it names.
 */
export interface SideParams {
  readonly uri?: string;
  readonly text?: string;
  readonly revision?: string;
}

export interface DifferenceParams {
  /** What was. */
  readonly left: SideParams;
  /** What is. */
  readonly right: SideParams;
  /** The two maps beside each other, for a client that shows them; absent: none is drawn. */
  readonly view?: ComparisonViewOptions;
}

export interface SideAnswer {
  /** How people name it. */
  readonly shown: string;
  readonly uri: string;
  /** The text that was compared, where no document and no file has it: of a revision, and what a capture was imported to. */
  readonly text?: string;
  /** The document is broken, and the last text that was not was compared. */
  readonly isStale: boolean;
  /** Not everything could be read, so that a difference may be missing. */
  readonly isIncomplete: boolean;
}

/** A sentence with where it leads. */
export interface ItemAnswer extends Pick<DifferenceItem, "number" | "kinds" | "sentence"> {
  readonly left?: Location;
  readonly right?: Location;
}

export interface DifferenceAnswer {
  readonly left: SideAnswer;
  readonly right: SideAnswer;
  /** "2 moved, 1 added; 1 new overlap". */
  readonly counts: string;
  /** What `platmap diff --format json` prints. */
  readonly difference: object;
  readonly markdown: string;
  /** The changes come first, in the order in which `difference` has them. */
  readonly items: readonly ItemAnswer[];
  /** Where it was asked for, and both files have maps. */
  readonly view?: ComparisonView;
  /** By the id of each region of the maps where it stands, in the text of its side. */
  readonly places?: Readonly<Record<string, Location>>;
}

export interface ComparingOptions {
  readonly host: Host;
  readonly surroundings: Surroundings;
  readonly guests: GuestFiles;
  folders(): readonly string[];
  /** The document as it is at this moment, if it is open. */
  open(uri: string): Snapshot | undefined;
  /** Reads a capture; throws an error with a message for people. */
  importPlatform(uris: readonly string[]): { readonly text: string };
}

/** A side that was read. */
export interface Side {
  readonly file: ComparedFile;
  readonly answer: SideAnswer;
}

/** Text without a name is read as what it says. */
const NAMELESS = "untitled:text";

export class Comparing {
  constructor(private readonly options: ComparingOptions) {}

  /** Throws a ResponseError that says what cannot be compared, and why. */
  compare(params: unknown): DifferenceAnswer {
    const { left: before, right: after, view } = paramsOf(params);
    const [left, right] = [this.side(before), this.side(after)];
    const difference = differenceOfFiles(left.file, right.file);
    if (isUnreadable(difference)) throw failure(difference.because);
    const items = differenceItems(difference, this.fits(left, right));
    return {
      left: left.answer,
      right: right.answer,
      counts: describeDifferenceCounts(difference),
      difference: differenceAsJson(difference, left.file, right.file),
      markdown: printMarkdownDifference(difference, left.file, right.file),
      items: items.map(({ number, kinds, sentence, before: old, after: now }) => ({
        number, kinds, sentence,
        ...placed("left", old && locationIn(left.file.checked, old)),
        ...placed("right", now && (locationIn(right.file.checked, now) ?? this.locationElsewhere(now))),
      })),
      ...(view && viewOf(left.file, right.file, difference, items, view)),
    };
  }

  /** In a guest of the workspace, which is as it is now. */
  private locationElsewhere(anchor: Anchor): Location | undefined {
    const reading = this.options.surroundings.read(anchor.file);
    return isUnreadable(reading) ? undefined : { uri: anchor.file, range: rangeOf(reading.source, anchor) };
  }

  private side(side: SideParams): Side {
    if (side.text !== undefined) return this.sideOf(side.uri ?? NAMELESS, side.uri === undefined ? "text" : this.shown(side.uri), side.text, { surroundings: this.options.surroundings });
    if (side.uri === undefined) throw new ResponseError(ErrorCodes.InvalidParams, "a side needs a uri or a text");
    return side.revision === undefined ? this.document(side.uri) : this.past(side.uri, side.revision);
  }

  private document(uri: string): Side {
    const snapshot = this.options.open(uri);
    if (!snapshot) return this.closed(uri);
    const isStale = snapshot.lastGood !== undefined && snapshot.lastGood !== snapshot.checked;
    return compared(this.shown(uri), uri, snapshot.lastGood ?? snapshot.checked, { isStale });
  }

  private closed(uri: string): Side {
    const path = pathOfUri(uri);
    const shown = this.shown(uri);
    if (path === undefined) throw failure(`${shown} is not open, and no file of this machine`);
    if (this.options.host.kindOf(path) === undefined) throw failure(`${shown}: there is no such file or folder`);
    const text = this.options.host.kindOf(path) === "folder" ? undefined : this.description(uri, path);
    const { surroundings } = this.options;
    if (text !== undefined) return this.sideOf(uri, shown, text, { surroundings });
    return this.sideOf(uri, shown, this.imported(uri, shown), { surroundings, isCapture: true, isNowhere: true });
  }

  /** The text of a file of the language, by its name or because it reads like one. */
  private description(uri: string, path: string): string | undefined {
    const isNamed = kindOfFileName(path) !== undefined;
    try {
      const { text } = decodeText(this.options.host.readFile(path));
      return isNamed || fileKindOf(new Source(fileId(uri), text)) !== undefined ? text : undefined;
    } catch (error) {
      if (isNamed) throw failure(`${this.shown(uri)}: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private imported(uri: string, shown: string): string {
    try {
      return this.options.importPlatform([uri]).text;
    } catch (error) {
      throw failure(error instanceof Error ? error.message : `${shown} cannot be imported`);
    }
  }

  private past(uri: string, revision: string): Side {
    const path = pathOfUri(uri);
    const shown = `${this.shown(uri)} at ${revision}`;
    if (path === undefined) throw failure(`${this.shown(uri)} is not a file of this machine, and so has no revisions here`);
    try {
      const past = revisionHost(this.options.host, revision, path.replace(/[\\/][^\\/]*$/, "") || "/");
      if (past.kindOf(path) !== "file") throw failure(`${this.shown(uri)} is not a file of ${revision}: it was not there yet, or has another name`);
      const surroundings = editorSurroundings(past, () => this.options.folders(), () => undefined);
      return this.sideOf(uri, shown, decodeText(past.readFile(path)).text, { surroundings, isNowhere: true });
    } catch (error) {
      throw error instanceof GitError ? failure(`${shown}: ${error.message}`) : error;
    }
  }

  private sideOf(uri: string, shown: string, text: string, more: { readonly surroundings: Surroundings; readonly isCapture?: boolean; readonly isNowhere?: boolean }): Side {
    const checked = checkText(uri, text, { rules: [], surroundings: more.surroundings });
    return compared(shown, uri, checked, { ...(more.isCapture === true && { isCapture: true }), ...(more.isNowhere === true && { text }) });
  }

  /** The path from the folder that is open. */
  private shown(uri: string): string {
    const path = pathOfUri(uri);
    const folder = path && this.options.folders().find((one) => path.startsWith(`${one}/`) || path.startsWith(`${one}\\`));
    const shown = path === undefined ? uri.replace(/^.*[/:]/, "") : folder === undefined ? path.replace(/^.*[\\/]/, "") : path.slice(folder.length + 1);
    return shown.replaceAll("\\", "/");
  }

  /** Of a guest what it says itself; of a platform what the guests of the workspace say that must run on it. */
  private fits({ file: before }: Side, { file: after }: Side): readonly FitChange[] {
    if (before.plan instanceof GuestPlan && after.plan instanceof GuestPlan) return fitChanges(before.plan, after.plan);
    if (!(before.plan instanceof Plan) || !(after.plan instanceof Plan)) return [];
    const { anchor } = after.plan.platform;
    const [then, now] = [before.plan, after.plan].map((plan) => this.options.guests.guestsWith(plan, anchor));
    return (now ?? []).flatMap((guest, index) => fitChanges(then?.[index] ?? guest, guest));
  }
}

function compared(shown: string, uri: string, checked: CheckedFile, more: { readonly isStale?: boolean; readonly isCapture?: boolean; readonly text?: string }): Side {
  const file = comparedFile(shown, checked, more.isCapture);
  if (isUnreadable(file)) throw failure(file.because);
  const isIncomplete = file.problems > 0 && !file.isCapture;
  return { file, answer: { shown, uri, ...(more.text !== undefined && { text: more.text }), isStale: more.isStale ?? false, isIncomplete } };
}

function viewOf(left: ComparedFile, right: ComparedFile, difference: Difference, items: readonly DifferenceItem[], options: ComparisonViewOptions): Pick<DifferenceAnswer, "view" | "places"> {
  const maps = compareMaps(left.plan, right.plan, difference, items);
  if (!maps) return {};
  const view = comparisonView(maps, options);
  const places = view.places.flatMap(({ id, side, at }) => {
    const location = locationIn((side === "left" ? left : right).checked, at);
    return location ? [[id, location] as const] : [];
  });
  return { view: { ...view, places: [] }, places: Object.fromEntries(places) };
}

/** Undefined for a place in a file that takes no part. */
function locationIn(checked: CheckedFile, anchor: Anchor): Location | undefined {
  const written = writtenAt(checked, anchor);
  const source = sourceOf(checked, written);
  return source.file === written.file ? { uri: source.file, range: rangeOf(source, written) } : undefined;
}

function placed(side: "left" | "right", location: Location | undefined): { readonly left?: Location; readonly right?: Location } {
  return location ? { [side]: location } : {};
}

function failure(because: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, because);
}

/** What is not of its type is left out. */
function paramsOf(params: unknown): DifferenceParams {
  const { left, right, view } = (typeof params === "object" && params !== null ? params : {}) as Readonly<Record<string, unknown>>;
  return { left: sideParams(left), right: sideParams(right), ...(typeof view === "object" && view !== null && { view: viewOptions(view as Readonly<Record<string, unknown>>) }) };
}

function viewOptions({ pairs, opened, budget, width }: Readonly<Record<string, unknown>>): ComparisonViewOptions {
  const texts = (list: unknown): readonly string[] | undefined => (Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : undefined);
  const [chosen, unfolded] = [texts(pairs), texts(opened)];
  return {
    ...(chosen && { pairs: chosen }),
    ...(unfolded && { opened: unfolded }),
    ...(typeof budget === "number" && Number.isFinite(budget) && { budget }),
    ...(typeof width === "number" && Number.isFinite(width) && { width: Math.min(10_000, Math.max(200, width)) }),
  };
}

function sideParams(side: unknown): SideParams {
  const { uri, text, revision } = (typeof side === "object" && side !== null ? side : {}) as Readonly<Record<string, unknown>>;
  return { ...(typeof uri === "string" && { uri }), ...(typeof text === "string" && { text }), ...(typeof revision === "string" && { revision }) };
}
