// Two files compared for a client: `platmap/difference`, and the same as a command for clients that send no requests of their own.
// Knows nothing of how a side is read, nor of how a difference is worked out or worded.
import type { Location } from "vscode-languageserver";
import type { Anchor, ComparisonView, ComparisonViewOptions, Difference, DifferenceItem, FitChange } from "../../../core/src/index";
import { compareMaps, comparisonView, describeDifferenceCounts, describeFitCounts, differenceItems, fitChanges, GuestPlan, isSame, Plan } from "../../../core/src/index";
import { differenceAsJson } from "../cli/report/differenceJson";
import { cell, printMarkdownDifference } from "../cli/report/differenceMarkdown";
import type { CheckedFile } from "../workspace/check";
import { sourceOf, writtenAt } from "../workspace/check";
import type { ComparedFile } from "../workspace/comparedFile";
import { differenceOfFiles } from "../workspace/comparedFile";
import type { GuestFiles } from "../workspace/guestFiles";
import { isUnreadable } from "../workspace/surroundings";
import type { Side, SideAnswer, SideParams, SidesOptions } from "./comparedSides";
import { ComparedSides, failure, sideParams } from "./comparedSides";
import { rangeOf } from "./convert";


export interface DifferenceParams {
  /** What was. */
  readonly left: SideParams;
  /** What is. */
  readonly right: SideParams;
  /** The two maps beside each other, for a client that shows them; absent: none is drawn. */
  readonly view?: ComparisonViewOptions;
}

/** A sentence with where it leads. */
export interface ItemAnswer extends Pick<DifferenceItem, "number" | "kinds" | "sentence"> {
  readonly left?: Location;
  readonly right?: Location;
}

export interface DifferenceAnswer {
  readonly left: SideAnswer;
  readonly right: SideAnswer;
  /** "2 moved, 1 added; 1 new overlap; 1 guest no longer fits". */
  readonly counts: string;
  /** What `platmap diff --format json` prints. */
  readonly difference: object;
  /** What `platmap diff --format markdown` prints, with the guests that no longer fit. */
  readonly markdown: string;
  /** The changes come first, in the order in which `difference` has them. */
  readonly items: readonly ItemAnswer[];
  /** Where it was asked for, and both files have maps. */
  readonly view?: ComparisonView;
  /** By the id of each region of the maps where it stands, in the text of its side. */
  readonly places?: Readonly<Record<string, Location>>;
}

export interface ComparingOptions extends SidesOptions {
  readonly guests: GuestFiles;
}

export class Comparing {
  private readonly sides: ComparedSides;

  constructor(private readonly options: ComparingOptions) {
    this.sides = new ComparedSides(options);
  }

  /** Throws a ResponseError that says what cannot be compared, and why. */
  compare(params: unknown): DifferenceAnswer {
    const { left: before, right: after, view } = paramsOf(params);
    const [left, right] = [this.sides.read(before), this.sides.read(after)];
    const difference = differenceOfFiles(left.file, right.file);
    if (isUnreadable(difference)) throw failure(difference.because);
    const fits = this.fits(left, right);
    const items = differenceItems(difference, fits);
    const isGuest = difference.kind === "guest";
    const fitted = items.slice(items.length - fits.length).map(({ sentence }) => sentence);
    return {
      left: left.answer,
      right: right.answer,
      counts: [...(isSame(difference) && fits.length > 0 ? [] : [describeDifferenceCounts(difference)]), ...(fits.length > 0 ? [describeFitCounts(difference.kind, fits)] : [])].join("; "),
      difference: differenceAsJson(difference, left.file, right.file),
      markdown: printMarkdownDifference(difference, left.file, right.file, isGuest ? fits : []) + (isGuest || fits.length === 0 ? "" : `\n**Guests**\n\n${fitted.map((one) => `- ${cell(one)}\n`).join("")}`),
      items: items.map(({ number, kinds, sentence, before: old, after: now }) => ({
        number, kinds, sentence,
        ...placed("left", old && locationIn(left.file.checked, old)),
        ...placed("right", now && (locationIn(right.file.checked, now) ?? this.locationElsewhere(now))),
      })),
      ...(view && viewOf(left.file, right.file, difference, items, view)),
    };
  }

  /** The text of a side, for who shows one that no document and no file has: of a revision, and what a capture was imported to. */
  textOf(side: unknown): string {
    return this.sides.read(sideParams(side)).file.checked.source.text;
  }

  /** In a guest of the workspace, which is as it is now. */
  private locationElsewhere(anchor: Anchor): Location | undefined {
    const reading = this.options.surroundings.read(anchor.file);
    return isUnreadable(reading) ? undefined : { uri: anchor.file, range: rangeOf(reading.source, anchor) };
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
