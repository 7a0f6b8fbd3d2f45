// A memory map with coordinates, for any view: pixels from the upper left corner of the lanes. Types alone.
// Knows nothing of colours, elements or fonts.
import type { AddressRange, Space } from "../address";
import type { Severity } from "../finding";
import type { MapRow } from "./folding";
import type { MapFinding, MapLane, MapLink } from "./mapModel";
import type { MapScale } from "./scale";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `title`: the full text, where `text` is cut. */
export interface Label {
  readonly role: "name" | "size" | "note" | "address" | "gap";
  readonly text: string;
  readonly title?: string;
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  /** It runs upward. */
  readonly turned?: boolean;
}

/** A region or a run. */
export interface RowLayout extends Box {
  readonly row: MapRow;
  readonly depth: number;
  readonly labels: readonly Label[];
  /** Of a run: where its regions lie, as stretches of its width, 0 to 1. */
  readonly ticks: readonly (readonly [from: number, to: number])[];
}

export interface GapLayout extends Box {
  readonly range: AddressRange<Space>;
  /** On purpose, for something that is closed. */
  readonly isLeftOut: boolean;
  /** Absent where there is no room for it. */
  readonly label?: Label;
}

/** From the lane of a guest to the box of a host that keeps a place from it. */
export type ShadowLayout = Box;

/** Where a conflict lies in one of the boxes that take part. */
export type ConflictLayout = Box;

export interface LaneLayout {
  readonly lane: MapLane;
  /** The left rail. */
  readonly x: number;
  readonly width: number;
  /** In the order in which they are painted: what holds something first. */
  readonly rows: readonly RowLayout[];
  readonly gaps: readonly GapLayout[];
  readonly conflicts: readonly ConflictLayout[];
  readonly addresses: readonly Label[];
  /** Where the space ends, when that is known. */
  readonly limit: { readonly y: number; readonly text: string } | undefined;
}

/** A band between two lanes, as the heights of its four corners. */
export interface BandLayout {
  readonly kind: "band";
  readonly link: MapLink;
  readonly left: { readonly x: number; readonly top: number; readonly bottom: number };
  readonly right: { readonly x: number; readonly top: number; readonly bottom: number };
  /** The stretch in which it turns from one height to the other. */
  readonly bend: readonly [from: number, to: number];
}

/** A way of right angles that ends in an arrow. */
export interface PathLayout {
  readonly kind: "path";
  readonly link: MapLink;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Absent where there is no room for it. */
  readonly label?: Label;
}

export type LinkLayout = BandLayout | PathLayout;

/** A numbered mark, or the worst severity and the number of what a run holds. */
export interface MarkLayout {
  readonly severity: Severity;
  readonly text: string;
  readonly findings: readonly MapFinding[];
  /** Its centre. */
  readonly x: number;
  readonly y: number;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly LaneLayout[];
  /** Heights at which nothing is in any lane, and the scale is cut. */
  readonly breaks: readonly number[];
  readonly links: readonly LinkLayout[];
  readonly shadows: readonly ShadowLayout[];
  readonly marks: readonly MarkLayout[];
  /** The findings that have a mark, by number. */
  readonly findings: readonly MapFinding[];
  readonly scale: MapScale;
}
