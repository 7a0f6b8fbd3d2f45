// What the page of the memory map and the extension say to each other. Plain data. Knows neither VS Code nor the DOM.
import type { MapView, MapViewOptions } from "../../../core/src/index";

/** What the page remembers, also over a reload of the window. */
export interface PageState {
  /** The document that was shown. */
  readonly uri?: string;
  readonly tab: "map" | "pcie";
  /** The table twin is in sight. */
  readonly isTableShown: boolean;
  /** Absent: those that say most. */
  readonly lanes?: readonly string[];
  readonly opened: readonly string[];
  /** Every region has a row of its own. */
  readonly isUnfolded: boolean;
  /** A row of the map. */
  readonly selected?: string;
  /** A row of the PCIe tree. */
  readonly device?: string;
  readonly filter: string;
  readonly locate: string;
  /** 1 is 100 %. */
  readonly zoom: number;
  /** What stands at the upper edge: a row, and how far below the edge. */
  readonly top?: { readonly id: string; readonly offset: number };
}

export type ToPage =
  | { readonly type: "map"; readonly uri: string; readonly file: string; readonly isStale: boolean; readonly view: MapView }
  /** There is nothing to show, and why. */
  | { readonly type: "nothing"; readonly uri: string; readonly file: string; readonly because: string }
  /** Where the cursor is in the text: the innermost regions and functions. */
  | { readonly type: "cursor"; readonly regions: readonly string[]; readonly functions: readonly string[] }
  | { readonly type: "locate" };

export type FromPage =
  /** The page is there, with what it remembers. */
  | { readonly type: "ready"; readonly state: PageState }
  | { readonly type: "ask"; readonly options: MapViewOptions }
  /** Show a place of the text: `region:…`, `function:…`, `finding:…`. */
  | { readonly type: "reveal"; readonly place: string; readonly takesFocus: boolean }
  /** Back to the text. */
  | { readonly type: "leave" };
