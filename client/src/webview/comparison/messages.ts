// What the page of a comparison and the extension say to each other. Plain data. Knows neither VS Code nor the DOM.
import type { ComparisonView, ComparisonViewOptions, ItemKind, Side } from "../../../../core/src/index";

/** A document or file by its URI, or what it was in a git revision. */
export interface ComparedSide {
  readonly uri: string;
  readonly revision?: string;
}

/** What the page remembers, also over a reload of the window. */
export interface ComparisonState {
  readonly left?: ComparedSide;
  readonly right?: ComparedSide;
  /** The table twin is in sight. */
  readonly isTableShown: boolean;
  /** The table has what is the same, too. */
  readonly isWhole: boolean;
  /** Absent: those that differ. */
  readonly pairs?: readonly string[];
  readonly opened: readonly string[];
  /** 1 is 100 %. */
  readonly zoom: number;
}

/** One sentence, and on which sides it has a place in the text. */
export interface ShownItem {
  readonly number: number;
  readonly kinds: readonly ItemKind[];
  readonly sentence: string;
  readonly sides: readonly Side[];
}

export interface ShownComparison {
  readonly type: "comparison";
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** How people name the sides. */
  readonly names: { readonly left: string; readonly right: string };
  readonly counts: string;
  readonly items: readonly ShownItem[];
  /** What a reader must know of the sides: that one is broken, or could not be read as a whole. */
  readonly notes: readonly string[];
  /** Absent for files that have no map. */
  readonly view?: ComparisonView;
}

export type ToComparisonPage =
  | ShownComparison
  /** The sides cannot be compared now, and why. */
  | { readonly type: "failed"; readonly because: string };

export type FromComparisonPage =
  | { readonly type: "ready" }
  | { readonly type: "ask"; readonly options: ComparisonViewOptions }
  /** Show where a sentence or a region stands in the text of a side. */
  | { readonly type: "reveal"; readonly side: Side; readonly item?: number; readonly region?: string; readonly takesFocus: boolean }
  /** Compare the other way round. */
  | { readonly type: "exchange" }
  /** Back to the text. */
  | { readonly type: "leave" };
