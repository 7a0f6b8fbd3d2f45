// From a syntax tree to the model: it follows the language's own description, and reports what is wrong on the way as data.
// What lacks something that it cannot do without is reported and left out; the rest is read. Knows no single key, nor how serious a problem is.
import type { Anchor, EntryKind, Extent, ExtentKeys, Field, FileId, Path, Place, Problem, ProblemKind, RangeFault, RecordType, ScalarType, ValueType } from "../../../core/src/index";
import { address, rangeTo } from "../../../core/src/index";
import { nearestWord } from "./nearest";
import type { ScalarFault } from "./scalars";
import { FOUND, readScalar } from "./scalars";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** What a file's text says, as far as it could be read. */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** Every name that an entry declares, with where. */
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly references: readonly Reference[];
}

export interface DeclaredName {
  readonly at: Anchor;
  readonly kind: EntryKind | undefined;
}

export interface Reference {
  readonly name: string;
  readonly at: Anchor;
  readonly to: readonly EntryKind[];
}

/** Reads the root of a source as a record of the language. */
export function readRecord<T>(source: Source, type: RecordType<T>): Reading<T> {
  const reader = new Reader(source);
  const root = source.tree.root;
  const value = root < 0 ? undefined : (reader.record(type as RecordType, root, []) as T | undefined);
  reader.resolveReferences();
  return { value, problems: reader.problems, names: reader.names, references: reader.references };
}

type Out = { anchor: Anchor } & Record<string, unknown>;

interface Slot {
  readonly field: Field;
  readonly bit: number;
}

const slotsOfRecords = new WeakMap<RecordType, ReadonlyMap<string, Slot>>();

function slotsOf(type: RecordType): ReadonlyMap<string, Slot> {
  let slots = slotsOfRecords.get(type);
  if (!slots) {
    slots = new Map(Object.entries(type.fields).map(([key, field], index) => [key, { field, bit: 1 << index }]));
    slotsOfRecords.set(type, slots);
  }
  return slots;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly names = new Map<string, DeclaredName>();
  readonly references: Reference[] = [];
  private readonly file: FileId;

  constructor(private readonly source: Source) {
    this.file = source.file;
  }

  record(type: RecordType, node: Node, path: Path): object | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.Object) return this.wrongType(node, this.at(path), `an object: ${type.name}`, "{ … }");
    const slots = slotsOf(type);
    const out = { anchor: this.at(path) } as Out;
    let seen = 0;
    let unknownKeys: Map<string, Node> | undefined;
    for (let child = tree.firstChild(node); child >= 0; child = tree.nextChild(node, child)) {
      const key = tree.string(child);
      const slot = slots.get(key);
      if (!slot) {
        unknownKeys ??= new Map();
        this.unknownKey(type, key, child, path, unknownKeys);
      } else if (seen & slot.bit) this.duplicateKey(key, child, this.firstOf(node, key));
      else {
        seen |= slot.bit;
        const value = tree.firstChild(child);
        if (value >= 0) this.field(slot.field, key, value, path, out);
      }
    }
    for (const name in type.extents) this.extent(name, type.extents[name] as ExtentKeys, type, out, seen, slots);
    if (slots.has("name")) this.declare(type, out, path);
    return this.lacks(type, slots, seen, out, path) ? undefined : out;
  }

  resolveReferences(): void {
    for (const reference of this.references) {
      const found = this.names.get(reference.name);
      if (found?.kind !== undefined && reference.to.includes(found.kind)) continue;
      const candidates = [...this.names].filter(([, declared]) => declared.kind !== undefined && reference.to.includes(declared.kind));
      this.report("unknown-reference", reference.at, {
        name: reference.name,
        nouns: reference.to,
        nearest: nearestWord(reference.name, candidates.map(([name]) => name)),
        otherKind: found?.kind,
      });
    }
  }

  private field(field: Field, key: string, node: Node, path: Path, out: Out): void {
    if ((field.unknown || field.none) && this.source.tree.kind(node) === NodeKind.String) {
      const word = this.source.tree.string(node);
      if (field.unknown && word === "unknown") out[key] = word;
      else if (field.none && word === "none") out[key] = holdsOnlyLists(field.type) ? [] : word;
      if (out[key] !== undefined) return;
    }
    const value = this.value(field.type, node, path, key);
    if (value !== undefined) out[key] = value;
  }

  private value(type: ValueType, node: Node, path: Path, step: string | number): unknown {
    switch (type.kind) {
      case "record":
        return this.record(type, node, [...path, step]);
      case "list":
        return this.list(type.of, node, [...path, step]);
      case "map":
        return this.map(type.of, node, [...path, step]);
      case "either":
        return this.value(this.chosen(type.of, node), node, path, step);
      case "word":
        return this.word(type.words, node, path, step);
      default:
        return this.scalar(type, node, path, step);
    }
  }

  private list(of: ValueType, node: Node, path: Path): readonly unknown[] | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.Array) return this.wrongType(node, this.at(path), "a list", "[ … ]");
    const values: unknown[] = [];
    let index = 0;
    for (let child = tree.firstChild(node); child >= 0; child = tree.nextChild(node, child)) {
      const value = this.value(of, child, path, index++);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  private map(of: ValueType, node: Node, path: Path): ReadonlyMap<string, unknown> | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.Object) return this.wrongType(node, this.at(path), "an object", "{ … }");
    const values = new Map<string, unknown>();
    for (const child of tree.children(node)) {
      const key = tree.string(child);
      if (values.has(key)) {
        this.duplicateKey(key, child, this.firstOf(node, key));
        continue;
      }
      const inner = tree.firstChild(child);
      values.set(key, inner < 0 ? undefined : this.value(of, inner, path, key));
    }
    return values;
  }

  /** The shape whose JSON type is that of the value; when none is, the first, which then says what it expected. */
  private chosen(types: readonly ValueType[], node: Node): ValueType {
    const kind = this.source.tree.kind(node);
    const fits = types.find((type) => jsonKindOf(type) === kind);
    return fits ?? (types[0] as ValueType);
  }

  private word(words: readonly { readonly word: string }[], node: Node, path: Path, step: string | number): string | undefined {
    const tree = this.source.tree;
    if (tree.kind(node) !== NodeKind.String) {
      return this.wrongType(node, this.at(path, step), `one of ${words.map((one) => one.word).join(", ")}`, `"${words[0]?.word ?? ""}"`);
    }
    const text = tree.string(node);
    for (const one of words) if (one.word === text) return one.word;
    const candidates = words.map((one) => one.word);
    this.report("unknown-word", this.at(path, step), { word: text, words: candidates, nearest: nearestWord(text, candidates) });
    return undefined;
  }

  private scalar(type: ScalarType, node: Node, path: Path, step: string | number): unknown {
    const read = readScalar(type, this.source.tree, node, (fault: ScalarFault) => {
      this.problems.push({ ...fault, at: this.at(path, step) } as Problem);
    });
    if (type.kind === "reference" && typeof read === "string") {
      this.references.push({ name: read, at: this.at(path, step), to: type.to ?? [] });
    }
    return read;
  }

  private extent(name: string, keys: ExtentKeys, type: RecordType, out: Out, seen: number, slots: ReadonlyMap<string, Slot>): void {
    const written = (key: string | undefined): boolean => key !== undefined && (seen & (slots.get(key)?.bit ?? 0)) !== 0;
    const forms = [keys.range, keys.ranges].filter(written) as string[];
    const byBase = written(keys.base) || (keys.otherwise !== undefined && written(keys.otherwise));
    const clash = [...(written(keys.base) ? [keys.base] : []), ...(written(keys.base) && written(keys.size) && written(keys.last) ? [keys.size, keys.last as string] : []), ...forms];
    if (clash.length > 1) this.report("several-range-forms", out.anchor, { keys: clash });
    if (forms.length > 0 && !byBase) this.extentFromTexts(name, forms[0] as string, out);
    else if (byBase) this.extentFromBase(name, keys, type, out, written);
    else if (keys.needed) this.report("missing-key", out.anchor, { record: type.name, keys: keys.range ? [keys.base, keys.range] : keys.otherwise ? [keys.otherwise, keys.base] : [keys.base] });
  }

  private extentFromTexts(name: string, key: string, out: Out): void {
    const ranges = key === "range" ? [out[key]] : (out[key] as unknown[] | undefined);
    const written = key === "range" ? 1 : this.countWritten(out, key);
    if (!ranges || ranges.length === 0 || ranges.length < written || ranges.includes(undefined)) return;
    out[name] = { ranges, form: key, at: this.at(out.anchor.path, key) } as unknown as Extent;
  }

  /** How many elements the text has: a list that lost one to a problem would no longer match its anchors. */
  private countWritten(out: Out, key: string): number {
    const node = this.source.valueAt([...out.anchor.path, key]);
    return node < 0 ? 0 : [...this.source.tree.children(node)].length;
  }

  private extentFromBase(name: string, keys: ExtentKeys, type: RecordType, out: Out, written: (key: string | undefined) => boolean): void {
    const baseKey = written(keys.base) ? keys.base : (keys.otherwise as string);
    const base = out[baseKey] as bigint | undefined;
    if (!written(keys.size) && !written(keys.last)) {
      if (!isFieldRequired(type, keys.size)) this.report("missing-key", out.anchor, { record: type.name, keys: keys.last ? [keys.size, keys.last] : [keys.size] });
      return;
    }
    const form = written(keys.size) ? "base-size" : "base-last";
    const size = form === "base-size" ? (out[keys.size] as bigint | undefined) : undefined;
    const last = form === "base-last" ? (out[keys.last as string] as bigint | undefined) : undefined;
    if (base === undefined || (size === undefined && last === undefined)) return;
    const at = this.at(out.anchor.path, baseKey);
    const end = size !== undefined ? base + size : (last as bigint) + 1n;
    const range = rangeTo(address(base), address(end));
    if (range) out[name] = { ranges: [range], form, at } as Extent;
    else this.impossible(base, size, last, this.at(out.anchor.path, form === "base-size" ? keys.size : (keys.last as string)));
  }

  private impossible(base: bigint, size: bigint | undefined, last: bigint | undefined, at: Anchor): void {
    const already = this.problems.at(-1);
    if (already?.kind === "impossible-range" && "path" in already.at && already.at.path.join("/") === at.path.join("/")) return;
    this.report("impossible-range", at, { fault: rangeFault(base, size, last), base, size, last });
  }

  private declare(type: RecordType, out: Out, path: Path): void {
    const name = out["name"];
    if (typeof name !== "string") {
      if (type.fields["name"]?.required) out["name"] = `unnamed ${type.name}`;
      return;
    }
    const at = this.at(path, "name");
    const first = this.names.get(name);
    if (first) this.report("duplicate-name", at, { name, first: first.at });
    else this.names.set(name, { at, kind: type.entry });
  }

  /** Reports required keys that are not written. True when the entry cannot do without one that it has no value for. */
  private lacks(type: RecordType, slots: ReadonlyMap<string, Slot>, seen: number, out: Out, path: Path): boolean {
    let lacks = false;
    for (const [key, { field, bit }] of slots) {
      if (!field.required) continue;
      if ((seen & bit) === 0) this.report("missing-key", this.at(path), { record: type.name, keys: [key] });
      if (out[key] === undefined) lacks = true;
    }
    return lacks;
  }

  private unknownKey(type: RecordType, key: string, property: Node, path: Path, others: Map<string, Node>): void {
    const first = others.get(key);
    if (first !== undefined) return this.duplicateKey(key, property, first);
    others.set(key, property);
    const at: Anchor = { file: this.file, path: [...path, key], part: "key" };
    this.report("unknown-key", at, { key, record: type.name, nearest: nearestWord(key, Object.keys(type.fields)) });
  }

  private duplicateKey(key: string, property: Node, first: Node): void {
    this.report("duplicate-key", this.source.spanOf(property), { key, first: this.source.spanOf(first) });
  }

  private firstOf(object: Node, key: string): Node {
    for (const child of this.source.tree.children(object)) if (this.source.tree.string(child) === key) return child;
    return object;
  }

  private wrongType(node: Node, at: Anchor, expected: string, example: string): undefined {
    this.report("wrong-type", at, { expected, found: FOUND[this.source.tree.kind(node)] ?? "something else", example });
    return undefined;
  }

  private report<K extends ProblemKind>(kind: K, at: Place, facts: Omit<Problem<K>, "kind" | "at">): void {
    this.problems.push({ kind, at, ...facts } as unknown as Problem);
  }

  private at(path: Path, step?: string | number): Anchor {
    return { file: this.file, path: step === undefined ? path : [...path, step], part: "value" };
  }
}

function rangeFault(base: bigint, size: bigint | undefined, last: bigint | undefined): RangeFault {
  if (size === 0n) return "zero-size";
  if (last !== undefined && last < base) return "end-before-base";
  return "beyond-64-bits";
}

function holdsOnlyLists(type: ValueType): boolean {
  return type.kind === "list";
}

function isFieldRequired(type: RecordType, key: string): boolean {
  return type.fields[key]?.required ?? false;
}

function jsonKindOf(type: ValueType): NodeKind {
  switch (type.kind) {
    case "record":
    case "map":
      return NodeKind.Object;
    case "list":
      return NodeKind.Array;
    case "integer":
      return NodeKind.Number;
    default:
      return NodeKind.String;
  }
}
