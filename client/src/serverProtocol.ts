// What the extension and the language server say to each other beyond the Language Server Protocol.
// Plain data: addresses would cross as hex strings. Knows neither VS Code nor the server's code.

/** The server's word on one document, after each time it has checked it: `platmap/status`. */
export interface StatusParams {
  readonly uri: string;
  readonly findings: FindingCounts;
  /** Rules that did not run on this document, because something they need is unknown. */
  readonly skipped: readonly SkippedRule[];
  /** What the search for files that nobody has open left out. */
  readonly leftOut?: string;
}

export interface FindingCounts {
  readonly error: number;
  readonly warning: number;
  readonly info: number;
  readonly hint: number;
}

export interface SkippedRule {
  readonly rule: string;
  readonly because: string;
}

/** Asks the server to read captures of one running machine: `platmap/import`. */
export interface ImportParams {
  /** Files, archives or folders. */
  readonly uris: readonly string[];
}

export interface ImportResult {
  /** The platform description. */
  readonly text: string;
  /** A file name for it, without a folder. */
  readonly suggestedName: string;
  /** What could not be read, or was guessed, and why. */
  readonly notes: readonly string[];
}

/** Zero-based; the end is exclusive. */
export interface PlaceRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** A whole entry of the text, and the value in it that gives its place. */
export interface TextPlace {
  /** The file, where that is not the document itself but one that it extends. */
  readonly uri?: string;
  readonly entry: PlaceRange;
  readonly at: PlaceRange;
}

/** The memory map of an open document: `platmap/map`. */
export interface MapResult {
  readonly version: number;
  /** The text is broken, and this is the map of the last one that was not. */
  readonly isStale: boolean;
  /** What the page draws. */
  readonly view: unknown;
  /** `region:…`, `function:…` and `finding:…` with where they stand. */
  readonly places: Readonly<Record<string, TextPlace>>;
}

/** Asks for a view of a guest or a fleet as text: `platmap/plan`. Null for other files. */
export interface PlanParams {
  readonly uri: string;
}

/** What a guest could be put through: `platmap/simulationChoices`. Null for other files. */
export interface SimulationChoices {
  readonly hosts: readonly string[];
  /** Steps to begin with, apart by blanks. */
  readonly suggestion: string;
  /** How steps are written. */
  readonly forms: string;
}

/** Goes through a guest's life: `platmap/simulate`. */
export interface SimulateParams {
  readonly uri: string;
  /** Apart by blanks. */
  readonly steps: string;
}

/** One of the two; null for other files. */
export interface SimulateResult {
  readonly text?: string;
  /** What is wrong with the steps. */
  readonly wrong?: string;
}

/** One side of a comparison: a document or file, or the file as it was in a git revision. */
export interface ComparedSide {
  readonly uri: string;
  readonly revision?: string;
}

export type SideName = "left" | "right";

export interface TextLocation {
  readonly uri: string;
  readonly range: PlaceRange;
}

/** Compares two files: `platmap/difference`. Fails with a message for people when they cannot be compared. */
export interface DifferenceParams {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** How the two maps are to be drawn; absent: not at all. */
  readonly view?: unknown;
}

export interface DifferenceResult {
  readonly left: ComparedFile;
  readonly right: ComparedFile;
  readonly counts: string;
  readonly items: readonly DifferenceItem[];
  /** What the page draws; absent for files that have no map. */
  readonly view?: unknown;
  /** By the ids of the regions. */
  readonly places?: Readonly<Record<string, TextLocation>>;
}

export interface ComparedFile {
  readonly uri: string;
  readonly shown: string;
  readonly isCapture: boolean;
  readonly isStale: boolean;
  readonly isIncomplete: boolean;
}

/** One change in a sentence, with its places. */
export interface DifferenceItem {
  readonly number: number;
  readonly kinds: readonly string[];
  readonly sentence: string;
  readonly left?: TextLocation;
  readonly right?: TextLocation;
}

/** Files of folders that the server cannot read: in `initializationOptions` as `files`, then changes in `platmap/files`. */
export interface FilesParams {
  /** The URIs of all folders that are handed over; absent: these are changes. */
  readonly folders?: readonly string[];
  readonly files: readonly HandedFile[];
}

/** A file with its text, or with why it cannot be read, as a clause; with neither it is gone. */
export interface HandedFile {
  readonly uri: string;
  readonly text?: string;
  readonly because?: string;
}

export const filesNotification = "platmap/files";
export const differenceRequest = "platmap/difference";
/** The text of a side that no document and no file has. */
export const sideTextRequest = "platmap/sideText";
export const planRequest = "platmap/plan";
export const simulationChoicesRequest = "platmap/simulationChoices";
export const simulateRequest = "platmap/simulate";
export const statusNotification = "platmap/status";
export const importRequest = "platmap/import";
export const mapRequest = "platmap/map";
/** The same map as the text of an SVG file. */
export const mapPictureRequest = "platmap/mapPicture";
