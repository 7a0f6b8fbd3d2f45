// A place in a description, in the description's own words. Knows nothing of offsets, lines or text:
// an anchor survives reformatting, and crosses to any view unchanged.

/** The name by which the caller knows a file. Opaque to the core: only compared and handed back. */
export type FileId = string & { readonly __fileId: unique symbol };

/** States that a text names a file. */
export function fileId(text: string): FileId {
  return text as FileId;
}

/** Keys and array indices from the document's root: `["reserved", 1, "base"]`. */
export type Path = readonly (string | number)[];

/** A value, or the key in front of it. */
export interface Anchor {
  readonly file: FileId;
  readonly path: Path;
  readonly part: "key" | "value";
}

/** The value under `step` of the value at `anchor`. */
export function under(anchor: Anchor, ...steps: Path): Anchor {
  return { file: anchor.file, path: [...anchor.path, ...steps], part: "value" };
}

/** The key in front of the value at `anchor`. */
export function keyOf(anchor: Anchor): Anchor {
  return { file: anchor.file, path: anchor.path, part: "key" };
}

/** The entry or list that holds the value at `anchor`; the root holds itself. */
export function parentOf(anchor: Anchor): Anchor {
  return { file: anchor.file, path: anchor.path.slice(0, -1), part: "value" };
}

/** RFC 6901. */
export function jsonPointer(path: Path): string {
  return path.map((step) => "/" + String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("");
}

/** True when both name the same place of the same file. */
export function sameAnchor(a: Anchor, b: Anchor): boolean {
  return a.file === b.file && a.part === b.part && samePath(a.path, b.path);
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}
