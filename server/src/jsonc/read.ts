// From a syntax tree to the model: it follows the language's own description, and reports what is wrong on the way as data.
// What lacks something that it cannot do without is reported and left out; the rest is read. Knows no single key, nor how serious a problem is.
import type {
  Address, AddressRange, Anchor, Entry, EntryKind, Field, FileKind, MapType, Place, Problem, ProblemKind, RangeFault, ReadExpression, RecordType, ScalarType, Space, ValueType,
} from "../../../core/src/index";
import { address, isRange, keyOf, under } from "../../../core/src/index";
import { chosenShape, jsonKindOf } from "./entryIndex";
import type { ExpressionCell } from "./expressions";
import { Expressions } from "./expressions";
import { nearestWord } from "./nearest";
import { NameTable } from "./nameTable";
import type { DeclaredName, ExtentLayout, Model, RecordLayout, Slot } from "./recordLayout";
import { layoutOf } from "./recordLayout";
import type { ChangedEntry } from "./reparse";
import { SeveralExtent, SingleExtent, StepAnchor } from "./placedValues";
import type { ScalarFault, ScalarReader } from "./scalars";
import { FOUND, readScalar } from "./scalars";
import type { Source } from "./source";
import { unresolved } from "./unresolved";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** What a file's text says, as far as it could be read. */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** Every name that an entry declares, with where. */
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly references: readonly Reference[];
  readonly expressions: readonly ReadExpression[];
  /** Paths of other files, as they are written. */
  readonly files: readonly FileReference[];
}

/** A path that leads to another file of the language. */
export interface FileReference {
  readonly path: string;
  readonly at: Anchor;
  readonly leadsTo: FileKind;
  /** `*` stands for any part of a name. */
  readonly several: boolean;
}

/** A name that leads to an entry: a value of its own, or a stretch of an expression that is the name and nothing else. */
export interface Reference {
  readonly name: string;
  readonly at: Place;
  readonly to: readonly EntryKind[];
}

/** Reads the root of a source as a record of the language. */
export function readRecord<T>(source: Source, type: RecordType<T>): Reading<T> {
  const reader = new Reader(source, type as RecordType);
  const root = source.tree.root;
  const value = root < 0 ? undefined : (reader.record(type as RecordType, root, { file: source.file, path: [], part: "value" }, undefined) as T | undefined);
  reader.problems.push(...unresolved(reader.references, reader.names.byName));
  return readingOf(reader, value);
}

/** Reads one entry of a list of the document by itself; undefined for what is no list of records. What it refers to is not looked for. */
export function readEntry(source: Source, file: RecordType, { list, index, node }: ChangedEntry): Reading<Entry> | undefined {
  const type = Object.hasOwn(file.fields, list) ? file.fields[list]?.type : undefined;
  if (type?.kind !== "list" || type.of.kind !== "record") return undefined;
  const reader = new Reader(source, file);
  const root: Anchor = { file: source.file, path: [], part: "value" };
  const value = reader.record(type.of, node, new StepAnchor(root, list), index) as Entry | undefined;
  return readingOf(reader, value);
}

function readingOf<T>({ problems, names, references, files, expressionReferences, expressions }: Reader, value: T | undefined): Reading<T> {
  return { value, problems, names: names.byName, references: expressionReferences.length === 0 ? references : [...references, ...expressionReferences], files, expressions };
}

class Reader implements ScalarReader {
  readonly problems: Problem[] = [];
  readonly names = new NameTable();
  readonly references: Reference[] = [];
  readonly files: FileReference[] = [];
  readonly expressionReferences: Reference[] = [];
  readonly expressions: ReadExpression[] = [];
  private known: Expressions | undefined;
  /** Lists that lost an element to a problem: their indices are no longer those of the text. */
  private readonly incomplete = new WeakSet<object>();
  private scalarParent: Anchor;
  private scalarStep: string | number = "";

  constructor(
    private readonly source: Source,
    private readonly file: RecordType,
  ) {
    this.scalarParent = { file: source.file, path: [], part: "value" };
  }

  /** The record under `step` of what `above` is the place of. */
  record(type: RecordType, node: Node, above: Anchor, step: string | number | undefined): object | undefined {
    const tree = this.source.tree;
    const layout = layoutOf(type);
    const out = new layout.Model(above, step);
    const { anchor } = out;
    if (tree.kind(node) !== NodeKind.Object) return this.wrongType(node, anchor, `an object: ${type.name}`, "{ … }");
    let seen = 0;
    let position = 0;
    let unknownKeys: Map<string, Node> | undefined;
    const after = tree.after(node);
    for (let child = node + 1; child < after; child = tree.after(child)) {
      const slot = this.slotOf(child, layout, position++);
      if (!slot) {
        unknownKeys ??= new Map();
        this.unknownKey(type, tree.string(child), child, anchor, unknownKeys);
      } else if (seen & slot.bit) this.duplicateKey(slot.key, child, this.source.propertyOf(node, slot.key));
      else {
        seen |= slot.bit;
        const value = tree.firstChild(child);
        if (value >= 0) this.field(slot.field, slot.key, value, anchor, out);
      }
    }
    for (const extent of layout.extents) this.extent(extent, type, out, seen);
    if (layout.hasName) this.declare(type, out);
    const lacks = this.lacks(layout, seen, out);
    // A file without a name of its own still says all the rest.
    if (lacks && step === undefined) for (const { key, field } of layout.required) if (field.type.kind === "name") out[key] ??= "";
    return lacks && step !== undefined ? undefined : out;
  }

  /** Entries of a list mostly have the same keys in the same order, so the key that the last entry had here is tried first: that makes no string. */
  private slotOf(property: Node, layout: RecordLayout, position: number): Slot | undefined {
    const expected = layout.expected[position];
    if (expected && this.source.tree.isString(property, expected.key)) return expected;
    const slot = layout.slots.get(this.source.tree.string(property));
    if (slot) layout.expected[position] = slot;
    return slot;
  }

  private field(field: Field, key: string, node: Node, parent: Anchor, out: Model): void {
    if ((field.unknown || field.none) && this.source.tree.kind(node) === NodeKind.String) {
      const word = this.source.tree.string(node);
      if (field.unknown && word === "unknown") out[key] = word;
      else if (field.none && word === "none") out[key] = holdsOnlyLists(field.type) ? [] : word;
      if (out[key] !== undefined) return;
    }
    const value = this.value(field.type, node, parent, key);
    if (value !== undefined) out[key] = value;
  }

  private value(type: ValueType, node: Node, parent: Anchor, step: string | number): unknown {
    switch (type.kind) {
      case "record":
        return this.record(type, node, parent, step);
      case "list":
        return this.list(type.of, node, new StepAnchor(parent, step));
      case "map":
        return this.map(type, node, new StepAnchor(parent, step));
      case "either":
        return this.either(type.of, node, parent, step);
      case "word":
        return this.word(type.words, node, parent, step);
      default:
        return this.scalar(type, node, parent, step);
    }
  }

  private either(of: readonly ValueType[], node: Node, parent: Anchor, step: string | number): unknown {
    const shape = chosenShape(of, this.source.tree.kind(node));
    const position = this.problems.length;
    const value = this.value(shape, node, parent, step);
    // The shape that was tried in the want of a better one speaks only of itself.
    const fault = jsonKindOf(shape) === this.source.tree.kind(node) ? undefined : this.problems[position];
    const alternatives = of.filter((one) => one !== shape).map((one) => SHAPES[jsonKindOf(one)] ?? (one as ScalarType).noun);
    if (fault?.kind === "wrong-type") this.problems[position] = { ...fault, alternatives } as Problem<"wrong-type">;
    return value;
  }

  private list(of: ValueType, node: Node, anchor: Anchor): readonly unknown[] | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.Array) return this.wrongType(node, anchor, "a list", "[ … ]");
    const values: unknown[] = [];
    let index = 0;
    const after = tree.after(node);
    for (let child = node + 1; child < after; child = tree.after(child)) {
      const value = this.value(of, child, anchor, index++);
      if (value !== undefined) values.push(value);
      else this.incomplete.add(values);
    }
    return values;
  }

  private map({ of, keys, keyNoun }: MapType, node: Node, anchor: Anchor): ReadonlyMap<string, unknown> | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.Object) return this.wrongType(node, anchor, "an object", "{ … }");
    const values = new Map<string, unknown>();
    for (const child of tree.children(node)) {
      const key = tree.string(child);
      if (values.has(key)) {
        this.duplicateKey(key, child, this.source.propertyOf(node, key));
        continue;
      }
      if (keys && !keys().some((one) => one.word === key)) {
        this.note("unknown-key", keyOf(under(anchor, key)), { key, record: String(anchor.path.at(-1) ?? keyNoun), nearest: nearestWord(key, keys().map((one) => one.word)) });
        continue;
      }
      const inner = tree.firstChild(child);
      values.set(key, inner < 0 ? undefined : this.value(of, inner, anchor, key));
    }
    return values;
  }

  private word(words: readonly { readonly word: string }[], node: Node, parent: Anchor, step: string | number): string | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.String) {
      return this.wrongType(node, under(parent, step), `one of ${words.map((one) => one.word).join(", ")}`, `"${words[0]?.word ?? ""}"`);
    }
    const length = tree.end(node) - tree.start(node) - 2;
    for (const { word } of words) if (word.length === length && tree.isString(node, word)) return word;
    const text = tree.string(node);
    const candidates = words.map((one) => one.word);
    this.note("unknown-word", under(parent, step), { word: text, words: candidates, nearest: nearestWord(text, candidates) });
    return undefined;
  }

  private scalar(type: ScalarType, node: Node, parent: Anchor, step: string | number): unknown {
    this.scalarParent = parent;
    this.scalarStep = step;
    const read = readScalar(type, this.source.tree, node, this);
    if (type.kind === "reference" && typeof read === "string") {
      this.references.push({ name: read, at: under(parent, step), to: type.to ?? [] });
    }
    if (type.kind === "file" && typeof read === "string") {
      this.files.push({ path: read, at: under(parent, step), leadsTo: type.leadsTo ?? "platform", several: type.several ?? false });
    }
    return read;
  }

  /** Takes what is wrong with the scalar at hand. */
  report(fault: ScalarFault): void {
    this.problems.push({ ...fault, at: under(this.scalarParent, this.scalarStep) } as Problem);
  }

  /** The value of the scalar at hand, which is written as an expression. */
  expression(type: ScalarType, node: Node): bigint | undefined {
    const expressions = (this.known ??= new Expressions(this.source, this.file));
    const cell = expressions.at(node, type);
    const at = under(this.scalarParent, this.scalarStep);
    for (const problem of cell.problems) this.problems.push({ ...problem, at: { ...problem.at, in: at } } as Problem);
    for (const { name, nameAt } of cell.parsed.references) this.expressionReferences.push({ name, at: { ...expressions.span(cell, nameAt), in: at }, to: PLACED });
    this.expressions.push(readExpression(expressions, cell, at));
    return cell.value;
  }

  private extent(layout: ExtentLayout, type: RecordType, out: Model, seen: number): void {
    const { keys } = layout;
    const written = (bit: number): boolean => (seen & bit) !== 0;
    const byText = seen & (layout.range | layout.ranges);
    const byBase = written(layout.base | layout.otherwise);
    if (byText !== 0 || (written(layout.base) && written(layout.size) && written(layout.last))) this.checkForms(layout, out, seen);
    if (byText !== 0 && !byBase) this.extentFromTexts(layout, (written(layout.range) ? keys.range : keys.ranges) as string, out);
    else if (byBase) this.extentFromBase(layout, type, out, seen);
    else if (keys.needed || written(layout.last)) {
      const missing = keys.range ? [keys.base, keys.range] : keys.otherwise ? [keys.otherwise, keys.base] : [keys.base];
      this.note("missing-key", out.anchor, { record: type.name, keys: missing });
    } else if (written(layout.size) && out[keys.size] === 0n) this.impossible(undefined, 0n, undefined, under(out.anchor, keys.size));
  }

  /** One form an entry: a range in a text stands alone, and of base, size and last only two belong together. */
  private checkForms(layout: ExtentLayout, out: Model, seen: number): void {
    const { keys } = layout;
    const parts = ([[layout.base, keys.base], [layout.size, keys.size], [layout.last, keys.last], [layout.range, keys.range], [layout.ranges, keys.ranges]] as const)
      .filter(([bit]) => (seen & bit) !== 0)
      .map(([, key]) => key as string);
    if (parts.length > 1) this.note("several-range-forms", out.anchor, { keys: parts });
  }

  private extentFromTexts(layout: ExtentLayout, key: string, out: Model): void {
    const ranges = key === "range" ? [out[key]] : (out[key] as unknown[] | undefined);
    if (!ranges || ranges.length === 0 || ranges.includes(undefined) || this.incomplete.has(ranges)) return;
    const [range] = ranges as AddressRange<Space>[];
    if (key === "range" && range) out[layout.name] = new SingleExtent(range.base, range.end, out.anchor, layout.forms.range);
    else out[layout.name] = new SeveralExtent(ranges as never, out.anchor, key);
  }

  private extentFromBase(layout: ExtentLayout, type: RecordType, out: Model, seen: number): void {
    const { keys } = layout;
    const hasSize = (seen & layout.size) !== 0;
    if (!hasSize && (seen & layout.last) === 0) {
      if (!layout.sizeIsRequired && !keys.baseAlone) this.note("missing-key", out.anchor, { record: type.name, keys: keys.last ? [keys.size, keys.last] : [keys.size] });
      return;
    }
    const baseKey = (seen & layout.base) !== 0 ? keys.base : (keys.otherwise as string);
    const base = out[baseKey] as Address<Space> | undefined;
    const size = hasSize ? (out[keys.size] as bigint | undefined) : undefined;
    const last = hasSize ? undefined : (out[keys.last as string] as bigint | undefined);
    if (base === undefined || (size === undefined && last === undefined)) return;
    const end = address(size !== undefined ? base + size : (last as bigint) + 1n);
    if (isRange(base, end)) out[layout.name] = new SingleExtent(base, end, out.anchor, (seen & layout.base) !== 0 ? (hasSize ? layout.forms.baseSize : layout.forms.baseLast) : hasSize ? layout.forms.otherwiseSize : layout.forms.otherwiseLast);
    else this.impossible(base, size, last, under(out.anchor, hasSize ? keys.size : (keys.last as string)));
  }

  private impossible(base: bigint | undefined, size: bigint | undefined, last: bigint | undefined, at: Anchor): void {
    const already = this.problems.at(-1);
    if (already?.kind === "impossible-range" && "path" in already.at && already.at.path.join("/") === at.path.join("/")) return;
    this.note("impossible-range", at, { fault: rangeFault(base ?? 0n, size, last), base, size, last });
  }

  private declare(type: RecordType, out: Model): void {
    const name = out["name"];
    if (typeof name !== "string") {
      if (type.fields["name"]?.required) out["name"] = `unnamed ${type.name}`;
      return;
    }
    const first = this.names.declare(name, out);
    if (first) this.note("duplicate-name", under(out.anchor, "name"), { name, first: first.declaredAt });
  }

  /** Reports required keys that are not written. True when the entry cannot do without one that it has no value for. */
  private lacks(layout: RecordLayout, seen: number, out: Model): boolean {
    let lacks = false;
    for (const { key, bit } of layout.required) {
      if ((seen & bit) === 0) this.note("missing-key", out.anchor, { record: layout.type.name, keys: [key] });
      if (out[key] === undefined) lacks = true;
    }
    return lacks;
  }

  private unknownKey(type: RecordType, key: string, property: Node, parent: Anchor, others: Map<string, Node>): void {
    const first = others.get(key);
    if (first !== undefined) return this.duplicateKey(key, property, first);
    others.set(key, property);
    this.note("unknown-key", keyOf(under(parent, key)), { key, record: type.name, nearest: nearestWord(key, Object.keys(type.fields)) });
  }

  private duplicateKey(key: string, property: Node, first: Node): void {
    const about = this.source.anchorAt(this.source.tree.start(property));
    const at = { ...this.source.spanOf(property), ...(about && { in: { ...about, part: "value" as const } }) };
    this.note("duplicate-key", at, { key, first: this.source.spanOf(first) });
  }

  private wrongType(node: Node, at: Anchor, expected: string, example: string): undefined {
    this.note("wrong-type", at, { expected, found: FOUND[this.source.tree.kind(node)] ?? "something else", example });
    return undefined;
  }

  private note<K extends ProblemKind>(kind: K, at: Place, facts: Omit<Problem<K>, "kind" | "at">): void {
    this.problems.push({ kind, at, ...facts } as unknown as Problem);
  }
}

const SHAPES: Readonly<Record<number, string>> = { [NodeKind.Object]: "an object", [NodeKind.Array]: "a list" };

/** What has a place that an expression may refer to. */
const PLACED: readonly EntryKind[] = ["memory", "device", "reservation", "doorbell", "iommu", "guest-memory", "guest-device", "guest-window"];

function readExpression(expressions: Expressions, cell: ExpressionCell, at: Anchor): ReadExpression {
  const terms = cell.parsed.references.map((reference) => ({
    name: reference.name,
    property: reference.property,
    value: cell.valueOf(reference),
    at: { ...expressions.span(cell, reference), in: at },
  }));
  return { at, text: cell.text, unit: cell.type.kind === "address" ? "address" : "size", value: cell.value, terms };
}

function rangeFault(base: bigint, size: bigint | undefined, last: bigint | undefined): RangeFault {
  if (size === 0n) return "zero-size";
  if (last !== undefined && last < base) return "end-before-base";
  return "beyond-64-bits";
}

function holdsOnlyLists(type: ValueType): boolean {
  return type.kind === "list";
}
