// What a file says as a flat list of entries, each with where it lies and what else is said of it: the form in which two files are compared. Derived from
// the language, so that a new key is compared from the day on which it is one. Knows nothing of a second file.
import type { AddressRange, Space } from "../address";
import type { Anchor } from "../anchor";
import { jsonPointer } from "../anchor";
import type { FactSource } from "../language/factSource";
import { source } from "../language/factSource";
import type { Entry, Extent, Field, RecordType, ValueType } from "../language/valueType";
import { printPciAddress } from "../pciAddress";
import type { PciAddress } from "../pciAddress";
import { printFactSource } from "../plan/factSources";
import { inOrder, isUsual, printValue } from "./values";

/** An element of a list, or a thing with a place of its own, such as a configuration space. The file itself is the first one. */
export interface DescribedEntry {
  /** Tells entries apart: `entryKey` of its anchor. */
  readonly key: string;
  readonly anchor: Anchor;
  /** The keys on the way to it, without indices: "reserved", "pci/windows". Functions at any depth are "pci/devices". */
  readonly list: string;
  /** Places its list among the others, in the order of the language. */
  readonly rank: readonly number[];
  /** What it is: "memory", "host bridge window". */
  readonly noun: string;
  readonly name: string | undefined;
  /** What tells it from its neighbours when it has no name: a PCI address, the number of a BAR or of a group. */
  readonly identity: string | undefined;
  /** What people call it. */
  readonly label: string;
  readonly owner: DescribedEntry | undefined;
  /** Where it lies: `extent`, or for windows `cpuExtent` and `busExtent`. */
  readonly places: ReadonlyMap<string, DescribedPlace>;
  /** Everything else that is said of it, by key, printed in one form whatever the form in the text. */
  readonly facts: ReadonlyMap<string, string>;
}

export interface DescribedPlace {
  readonly space: Space;
  readonly ranges: readonly AddressRange<Space>[];
}

/**
 * All entries of a file, each before those that it holds, in the order of the language and the file.
 * @param unread keys that are left out wherever they stand
 */
export function entriesOf(said: unknown, type: RecordType, unread: ReadonlySet<string> = new Set()): readonly DescribedEntry[] {
  const walk = new Walk(unread);
  walk.enter(said as Model, type, undefined, "", []);
  return walk.entries;
}

/** The key of the entry at an anchor. */
export function entryKey({ file, path }: Pick<Anchor, "file" | "path">): string {
  return `${file} ${jsonPointer(path)}`;
}

type Model = Entry & Readonly<Record<string, unknown>>;

/** Facts about an entry while it is read. */
interface Draft {
  readonly entry: DescribedEntry;
  readonly facts: Map<string, string>;
  readonly segment: number;
  readonly rank: readonly number[];
}

class Walk {
  readonly entries: DescribedEntry[] = [];

  constructor(private readonly unread: ReadonlySet<string>) {}

  enter(model: Model, type: RecordType, owner: Draft | undefined, list: string, rank: readonly number[]): void {
    const segment = typeof model["segment"] === "number" ? model["segment"] : (owner?.segment ?? 0);
    const facts = new Map<string, string>();
    const identity = type.name === PASSED_THROUGH ? passedThrough(model, segment) : identityOf(model, segment);
    const entry: DescribedEntry = {
      key: entryKey(model.anchor),
      anchor: model.anchor,
      list,
      rank,
      noun: NOUNS[type.name] ?? type.name,
      name: typeof model["name"] === "string" ? model["name"] : undefined,
      identity,
      label: labelOf(model, type, identity, owner?.entry),
      owner: owner?.entry,
      places: placesOf(model, type),
      facts,
    };
    this.entries.push(entry);
    this.readFields(model, type, { entry, facts, segment, rank }, "");
  }

  private readFields(model: Model, type: RecordType, draft: Draft, prefix: string): void {
    const placed = prefix === "" ? keysOfPlaces(model, type) : new Set<string>();
    Object.entries(type.fields).forEach(([key, field], index) => {
      const value = model[key];
      if (value === undefined || this.unread.has(key) || placed.has(key) || (prefix === "" && IDENTITIES.has(key))) return;
      this.readField(value, field, { ...draft, rank: [...draft.rank, index] }, prefix + key, type.name);
    });
  }

  private readField(value: unknown, field: Field, draft: Draft, key: string, record: string): void {
    if (record === PASSED_THROUGH && IDENTITIES_PASSED_THROUGH.has(key)) return;
    const type = shapeOf(value, field.type);
    if (field === source) return this.readSource(value as FactSource, draft, key);
    if (type.kind === "list" && type.of.kind === "record" && Array.isArray(value)) {
      const list = type.of.entry === "function" ? FUNCTIONS : listOf(draft, key);
      const rank = type.of.entry === "function" && draft.entry.list === FUNCTIONS ? draft.entry.rank : draft.rank;
      for (const one of value) this.enter(one as Model, type.of, draft, list, rank);
    } else if (type.kind === "record" && isModel(value)) {
      if (Object.keys(type.extents).length > 0) this.enter(value, type, draft, listOf(draft, key), draft.rank);
      else this.readFields(value, type, draft, `${key}.`);
    } else if (type.kind === "map" && value instanceof Map) {
      for (const [name, one] of value as ReadonlyMap<string, unknown>) draft.facts.set(`${key}.${name}`, printValue(one, type.of, draft.segment));
    } else {
      const text = printValue(inOrder(record, key, value), type, draft.segment);
      if (!isUsual(record, key.split(".").at(-1) ?? key, text)) draft.facts.set(key, text);
    }
  }

  /** A text and its parts may say the same. */
  private readSource(value: FactSource, { facts }: Draft, key: string): void {
    const text = printFactSource(value);
    if (text !== undefined) facts.set(key, text);
  }
}

const FUNCTIONS = "pci/devices";
/** These say which entry it is, not what it is like. */
const IDENTITIES: ReadonlySet<string> = new Set(["name", "at", "bar", "id"]);
/** What a guest gets has no name of its own: the host and the function tell it from the others. */
const PASSED_THROUGH = "passed-through device";
const IDENTITIES_PASSED_THROUGH: ReadonlySet<string> = new Set(["host", "device"]);
const NOUNS: Readonly<Record<string, string>> = { "PCI function": "function", "PCI host bridge": "host bridge" };

function listOf({ entry }: Draft, key: string): string {
  return entry.list === "" ? key : `${entry.list}/${key}`;
}

/** Of a value that may have several shapes, the one that it has. */
function shapeOf(value: unknown, type: ValueType): ValueType {
  if (type.kind !== "either") return type;
  const wanted = Array.isArray(value) ? "list" : isModel(value) ? "record" : undefined;
  return type.of.find((one) => (wanted === undefined ? one.kind !== "list" && one.kind !== "record" : one.kind === wanted)) ?? type;
}

function isModel(value: unknown): value is Model {
  return typeof value === "object" && value !== null && "anchor" in value;
}

function placesOf(model: Model, type: RecordType): ReadonlyMap<string, DescribedPlace> {
  const places = new Map<string, DescribedPlace>();
  for (const [name, keys] of Object.entries(type.extents)) {
    const extent = model[name] as Extent | undefined;
    if (extent) places.set(name, { space: keys.space, ranges: extent.ranges });
  }
  return places;
}

/** The keys that are said with a place. An entry that has none yet keeps its size as a fact. */
function keysOfPlaces(model: Model, type: RecordType): Set<string> {
  const keys = new Set<string>();
  for (const [name, extent] of Object.entries(type.extents)) {
    if (model[name] === undefined) continue;
    for (const key of [extent.base, extent.size, extent.last, extent.range, extent.ranges, extent.otherwise]) if (key !== undefined) keys.add(key);
  }
  return keys;
}

function identityOf(model: Model, segment: number): string | undefined {
  const at = model["at"] as PciAddress | undefined;
  if (typeof at === "object") return printPciAddress(at, segment);
  const number = model["bar"] ?? (typeof model["id"] === "number" ? model["id"] : undefined);
  return number === undefined ? undefined : String(number as number);
}

/** "0000:01:00.0 of d05". Undefined where the text does not say both. */
function passedThrough({ host, device }: Model, segment: number): string | undefined {
  return typeof host === "string" && typeof device === "object" ? `${printPciAddress(device as PciAddress, segment)} of ${host}` : undefined;
}

function labelOf(model: Model, type: RecordType, identity: string | undefined, owner: DescribedEntry | undefined): string {
  const noun = /^(host )?bridge window$/.test(type.name) ? "window" : (NOUNS[type.name] ?? type.name);
  const name = model["name"];
  if (owner === undefined) return `the ${noun.replace(/ file$/, "")}`;
  if (typeof name === "string" && type.name === "PCI function") return `${noun} ${name} (${identity ?? ""})`;
  if (typeof name === "string") return `${noun} ${name}`;
  const kind = typeof model["type"] === "string" && /window$/.test(noun) ? `${model["type"]} ` : "";
  const number = identity === undefined ? "" : ` ${identity}`;
  const of = owner.owner === undefined || type.name === "PCI function" ? "" : ` of ${owner.name ?? owner.identity ?? owner.label}`;
  return `${kind}${noun}${number}${of}`;
}
