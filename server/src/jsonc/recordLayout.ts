// What the reader wants to know of a record before it meets one: its keys as bits of a word, which of them it cannot do without,
// and which say where an entry lies. Worked out once a record. Knows no single key.
import type { Anchor, EntryKind, ExtentForm, ExtentKeys, Field, FileId, Path, RecordType } from "../../../core/src/index";
import { under } from "../../../core/src/index";

/** A key of the record. Which keys an object has is a set of bits: records have at most 31 keys. */
export interface Slot {
  readonly key: string;
  readonly field: Field;
  readonly bit: number;
}

/** In which form a place is written, and the key that gives its base. One object for all entries that are written alike. */
export interface WrittenForm {
  readonly form: ExtentForm;
  readonly key: string;
}

export interface ExtentLayout {
  /** The model's property that holds the extent. */
  readonly name: string;
  readonly keys: ExtentKeys;
  readonly base: number;
  readonly size: number;
  readonly last: number;
  readonly range: number;
  readonly ranges: number;
  readonly otherwise: number;
  readonly forms: Readonly<Record<"baseSize" | "baseLast" | "otherwiseSize" | "otherwiseLast" | "range", WrittenForm>>;
  /** Some entry without a place lacks its size already by being required to have one. */
  readonly sizeIsRequired: boolean;
}

export interface RecordLayout {
  readonly type: RecordType;
  readonly slots: ReadonlyMap<string, Slot>;
  /** The keys that the last entry had, by position. A guess that saves time, never more. */
  readonly expected: Slot[];
  readonly required: readonly Slot[];
  readonly extents: readonly ExtentLayout[];
  readonly hasName: boolean;
  /** A class of its own for each record, so that the engine gives its objects their shape at once. */
  readonly Model: ModelClass;
}

/** Makes an object that stands under `step` of what `above` is the place of; without a step it stands there itself. */
type ModelClass = new (above: Anchor, step: string | number | undefined) => Model;

/** An object of the model. It is also its own place, and what its name declares: documents have many, and most are never asked for either. */
export type Model = { readonly anchor: Anchor } & DeclaredName & Record<string, unknown>;

/** What a name of the file names. */
export interface DeclaredName {
  /** The value of the entry's `name`. */
  readonly declaredAt: Anchor;
  /** What the entry is to a reference; undefined when none can lead to it. */
  readonly entryKind: EntryKind | undefined;
}

const layouts = new WeakMap<RecordType, RecordLayout>();

export function layoutOf(type: RecordType): RecordLayout {
  let layout = layouts.get(type);
  if (!layout) {
    layout = makeLayout(type);
    layouts.set(type, layout);
  }
  return layout;
}

function makeLayout(type: RecordType): RecordLayout {
  const keys = Object.keys(type.fields);
  const taken = [...keys, ...Object.keys(type.extents)].find((key) => OWN.has(key));
  if (taken !== undefined) throw new Error(`${type.name} cannot have a key "${taken}": objects of the model have it themselves`);
  if (keys.length > 31) throw new Error(`${type.name} has more than 31 keys`);
  const slots = new Map(keys.map((key, index) => [key, { key, field: type.fields[key] as Field, bit: 1 << index }]));
  const bitOf = (key: string | undefined): number => (key === undefined ? 0 : (slots.get(key)?.bit ?? 0));
  const extents = Object.entries(type.extents).map(([name, one]) => ({
    name,
    keys: one,
    base: bitOf(one.base),
    size: bitOf(one.size),
    last: bitOf(one.last),
    range: bitOf(one.range),
    ranges: bitOf(one.ranges),
    otherwise: bitOf(one.otherwise),
    forms: formsOf(one),
    sizeIsRequired: type.fields[one.size]?.required ?? false,
  }));
  return { type, slots, expected: [], required: [...slots.values()].filter((slot) => slot.field.required), extents, hasName: slots.has("name"), Model: modelClass(type.entry) };
}

function formsOf({ base, otherwise = base, range = base }: ExtentKeys): ExtentLayout["forms"] {
  return {
    baseSize: { form: "base-size", key: base }, baseLast: { form: "base-last", key: base },
    otherwiseSize: { form: "base-size", key: otherwise }, otherwiseLast: { form: "base-last", key: otherwise },
    range: { form: "range", key: range },
  };
}

/** The same object of the model with another value of one key. */
export function withValue<T extends object>(model: T, key: string, value: unknown): T {
  const { copyOf } = model.constructor as unknown as { copyOf(one: T): T };
  return Object.assign(copyOf(model), { [key]: value });
}

const OWN: ReadonlySet<string> = new Set(["anchor", "file", "path", "part", "declaredAt", "entryKind"]);

function modelClass(entryKind: EntryKind | undefined): ModelClass {
  class Entry implements Anchor {
    readonly #above: Anchor;
    readonly #step: string | number | undefined;

    constructor(above: Anchor, step: string | number | undefined) {
      this.#above = above;
      this.#step = step;
    }

    static copyOf(one: Entry): Entry {
      return Object.assign(new Entry(one.#above, one.#step), one);
    }

    get anchor(): Anchor {
      return this;
    }

    get file(): FileId {
      return this.#above.file;
    }

    get part(): "value" {
      return "value";
    }

    get path(): Path {
      return this.#step === undefined ? this.#above.path : [...this.#above.path, this.#step];
    }

    get declaredAt(): Anchor {
      return under(this, "name");
    }

    get entryKind(): EntryKind | undefined {
      return entryKind;
    }
  }
  return Entry as unknown as ModelClass;
}
