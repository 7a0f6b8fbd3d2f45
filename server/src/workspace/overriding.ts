// Edits of what an extended file says, made in the file that extends it: an entry of the same name with the keys that change, or its name under `remove`.
// Knows nothing of why an edit is made.
import type { Anchor, Edit, Fix, Json, NewValue, Path } from "../../../core/src/index";
import { jsonPointer, printAddress, printSizeLiteral } from "../../../core/src/index";
import type { Overlay } from "../jsonc/overlay";
import type { Source } from "../jsonc/source";
import { NodeKind } from "../jsonc/tree";

/** A fix whose edits are all in the upper file; the fix itself where they are so already, undefined where that cannot be. */
export function overridingFix(fix: Fix, overlay: Overlay, own: Source): Fix | undefined {
  const overridden = new Set<string>();
  const edits = overridingEdits(fix.edits, overlay, own, overridden);
  if (!edits) return undefined;
  return overridden.size === 0 ? fix : { title: `${fix.title}, as an override of ${[...overridden].join(" and ")}`, edits };
}

/**
 * The edits as the upper file has to make them, whose paths are the same in the merged text. Undefined where it cannot say the same.
 * @param overridden takes the names of the files whose word no longer counts
 */
export function overridingEdits(edits: readonly Edit[], overlay: Overlay, own: Source, overridden = new Set<string>()): readonly Edit[] | undefined {
  const overrides = new Overrides(overlay, own);
  const kept: Edit[] = [];
  for (const edit of edits) {
    const place = "at" in edit ? edit.at : edit.to;
    if (!("path" in place)) return undefined;
    if (own.valueAt(place.path) >= 0) kept.push(edit);
    else if (overrides.take(edit)) overridden.add(baseName(overlay.originOf({ ...place, part: "value" }).file));
    else return undefined;
  }
  return [...kept, ...overrides.edits()];
}

/** A value that is being put together: said itself, or by its members or elements. */
interface Piece {
  value?: Json;
  readonly path: Path;
  readonly members: Map<string, Piece>;
  readonly items: Map<number, Piece>;
}

class Overrides {
  /** By the place of their first piece that the upper file does not have. */
  private readonly pieces = new Map<string, Piece>();
  private readonly removed: string[] = [];

  constructor(
    private readonly overlay: Overlay,
    private readonly own: Source,
  ) {}

  /** False for what an upper file cannot say. */
  take(edit: Edit): boolean {
    switch (edit.op) {
      case "replace":
        this.put(edit.at.path, this.json(edit.value, edit.at.path));
        return true;
      case "add":
        this.put([...edit.to.path, edit.key], this.json(edit.value, edit.to.path));
        return true;
      case "remove":
        return this.remove(edit.at.path);
      default:
        return false;
    }
  }

  edits(): Edit[] {
    const edits = [...this.pieces.values()].map((piece): Edit => {
      const [to, step] = [this.anchor(piece.path.slice(0, -1)), piece.path.at(-1)];
      const value = { json: this.jsonOf(piece) };
      return typeof step === "number" ? { op: "insert", to, behind: Infinity, value } : { op: "add", to, key: String(step), value, after: "name" };
    });
    return [...edits, ...this.removals()];
  }

  private put(path: Path, value: Json): void {
    let depth = path.length - 1;
    while (depth > 0 && this.own.valueAt(path.slice(0, depth)) < 0) depth--;
    const first = path.slice(0, depth + 1);
    const key = jsonPointer(first);
    let piece = this.pieces.get(key) ?? pieceAt(first);
    this.pieces.set(key, piece);
    for (const [index, step] of path.slice(depth + 1).entries()) {
      const at = path.slice(0, depth + 2 + index);
      const next: Piece = (typeof step === "number" ? piece.items.get(step) : piece.members.get(step)) ?? pieceAt(at);
      if (typeof step === "number") piece.items.set(step, next);
      else piece.members.set(step, next);
      piece = next;
    }
    piece.value = value;
  }

  private jsonOf({ value, path, members, items }: Piece): Json {
    if (value !== undefined) return value;
    if (items.size > 0) return [...items.values()].map((one) => this.jsonOf(one));
    return { ...this.identityOf(path), ...Object.fromEntries([...members].map(([key, one]) => [key, this.jsonOf(one)])) };
  }

  /** What an entry is known by. */
  private identityOf(path: Path): Record<string, string> {
    if (typeof path.at(-1) !== "number") return {};
    for (const key of ["name", "at"]) {
      const text = this.textAt([...path, key]);
      if (text !== undefined) return { [key]: text };
    }
    return {};
  }

  private remove(path: Path): boolean {
    const name = typeof path.at(-1) === "number" ? this.textAt([...path, "name"]) : undefined;
    if (name !== undefined) this.removed.push(name);
    return name !== undefined;
  }

  private removals(): Edit[] {
    if (this.removed.length === 0) return [];
    if (this.own.valueAt(["remove"]) < 0) return [{ op: "add", to: this.anchor([]), key: "remove", value: { json: this.removed }, after: "extends" }];
    return this.removed.map((name) => ({ op: "insert", to: this.anchor(["remove"]), behind: Infinity, value: { json: name } }));
  }

  /** Sizes stay hexadecimal where they were. */
  private json(value: NewValue, at: Path): Json {
    if ("json" in value) return value.json;
    if ("address" in value) return printAddress(value.address);
    return /^0x/i.test(this.textAt(at) ?? "") ? printAddress(value.size) : printSizeLiteral(value.size);
  }

  private textAt(path: Path): string | undefined {
    const { source } = this.overlay;
    const node = source.valueAt(path);
    return node >= 0 && source.tree.kind(node) === NodeKind.String ? source.tree.string(node) : undefined;
  }

  private anchor(path: Path): Anchor {
    return { file: this.own.file, path, part: "value" };
  }
}

function pieceAt(path: Path): Piece {
  return { path, members: new Map(), items: new Map() };
}

function baseName(file: string): string {
  return decodeURIComponent(file.slice(file.lastIndexOf("/") + 1));
}
