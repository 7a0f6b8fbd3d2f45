// The building blocks in which the language is written down once: the types of values, fields and records.
// Reading, the TypeScript types of the model, the JSON Schema, hovers, completion and the documentation all come from them.
// Knows nothing of any particular key.
import type { AddressRange, Address, Space } from "../address";
import type { Anchor } from "../anchor";
import type { AcsBit } from "../acs";
import type { BusRange, IdRange, PciAddress } from "../pciAddress";

/** A word of the vocabulary, with what it means. */
export interface Word<W extends string = string> {
  readonly word: W;
  readonly doc: string;
}

/** The value of a field. `T` is what the model holds once the text is read. */
export type ValueType<T = unknown> = ScalarType<T> | WordType<T> | ListType<T> | RecordType<T> | EitherType<T> | MapType<T>;

type Phantom<T> = { readonly model?: () => T };

export type ScalarKind =
  | "address"
  | "size"
  | "integer"
  | "id"
  | "boolean"
  | "text"
  | "name"
  | "reference"
  | "pci-address"
  | "bus-range"
  | "id-range"
  | "acs-bits"
  | "range"
  | "pattern"
  | "file";

export interface ScalarType<T = unknown> extends Phantom<T> {
  readonly kind: ScalarKind;
  /** What a person would call such a value: "an address". */
  readonly noun: string;
  readonly example: string;
  readonly space?: Space;
  readonly min?: number;
  readonly max?: number;
  readonly to?: readonly EntryKind[];
  readonly pattern?: RegExp;
  /** For a path: the kind of file that it leads to. */
  readonly leadsTo?: FileKind;
  /** For a path: `*` and `**` stand for any part of it. */
  readonly several?: true;
}

/** The three kinds of file that describe something, and the one that says how they are checked. */
export type FileKind = "platform" | "guest" | "fleet" | "config";

export interface WordType<T = unknown> extends Phantom<T> {
  readonly kind: "word";
  readonly words: readonly Word[];
}

export interface ListType<T = unknown> extends Phantom<T> {
  readonly kind: "list";
  readonly of: ValueType;
}

export interface MapType<T = unknown> extends Phantom<T> {
  readonly kind: "map";
  readonly of: ValueType;
  readonly keyNoun: string;
  /** The keys that there are, where not every key is one. */
  readonly keys?: () => readonly Word[];
}

/** One of several shapes, told apart by the JSON type of the value. */
export interface EitherType<T = unknown> extends Phantom<T> {
  readonly kind: "either";
  readonly of: readonly ValueType[];
}

/** What a reference may lead to: the lists of a file whose entries have names; a `platform` is named in a file of its own. */
export type EntryKind =
  | "memory" | "device" | "reservation" | "doorbell" | "iommu" | "host-bridge" | "function"
  | "guest-memory" | "guest-device" | "guest-window" | "migration-group" | "platform";

export interface Field<T = unknown, Required extends boolean = boolean> extends Phantom<T> {
  readonly type: ValueType;
  readonly doc: string;
  readonly required: Required;
  /** `"unknown"` is a value: an importer could not tell. */
  readonly unknown: boolean;
  /** `"none"` is a value: there is none. Lists read it as an empty list. */
  readonly none: boolean;
}

/** How a record's keys say where it lies. One form an entry: base with size, base with last, range, or ranges. */
export interface ExtentKeys<S extends Space = Space> {
  readonly space: S;
  readonly base: string;
  readonly size: string;
  readonly last?: string;
  readonly range?: string;
  readonly ranges?: string;
  /** The key whose value stands in for a base that is absent: a window's bus address is its CPU address. */
  readonly otherwise?: string;
  /** An entry that does not say where it lies is incomplete. */
  readonly needed?: true;
  /** A base without a size is enough: there is a usual size. */
  readonly baseAlone?: true;
}

export type Fields = Readonly<Record<string, Field>>;
export type Extents = Readonly<Record<string, ExtentKeys>>;

export interface RecordType<T = unknown> extends Phantom<T> {
  readonly kind: "record";
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
  readonly extents: Extents;
  /** What an entry of this record is to a reference. */
  readonly entry?: EntryKind;
}

/** The form in which an entry says where it lies. */
export type ExtentForm = "base-size" | "base-last" | "range" | "ranges";

/** Where an entry lies. Never empty: an entry whose range cannot be read has no extent, and a problem says why. */
export interface Extent<S extends Space = Space> {
  readonly ranges: readonly [AddressRange<S>, ...AddressRange<S>[]];
  readonly form: ExtentForm;
  /** The value that gives the base: `base`, `range` or `ranges`. */
  readonly at: Anchor;
}

/** What every record of the model has besides its fields. */
export interface Entry {
  readonly anchor: Anchor;
}

export type ModelOf<T> = T extends { readonly model?: () => infer M } ? M : never;

type RequiredKeys<F> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F];
type FieldModel<F> = F extends Field<infer T> ? T : never;
type FieldsModel<F> = { readonly [K in RequiredKeys<F>]: FieldModel<F[K]> } & {
  readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: FieldModel<F[K]>;
};
type ExtentsModel<E> = { readonly [K in keyof E]?: E[K] extends ExtentKeys<infer S> ? Extent<S> : never };
type Flatten<T> = { [K in keyof T]: T[K] };
export type RecordModel<F, E> = Flatten<Entry & FieldsModel<F> & ExtentsModel<E>>;

interface Options {
  readonly unknown?: true;
  readonly none?: true;
}
type WithOptions<T, O extends Options> =
  | T
  | (O extends { unknown: true } ? "unknown" : never)
  | (O extends { none: true } ? (T extends readonly unknown[] ? never : "none") : never);

const scalar =
  <T>(kind: ScalarKind, noun: string, example: string) =>
  (): ScalarType<T> => ({ kind, noun, example });

export const size = scalar<bigint>("size", "a size", "64K");
export const boolean = scalar<boolean>("boolean", "true or false", "true");
export const text = scalar<string>("text", "a text", "any text");
export const name = scalar<string>("name", "a name", "dram0");
export const pciAddress = scalar<PciAddress>("pci-address", "a PCI address", "0000:01:00.0");
export const busRange = scalar<BusRange>("bus-range", "a bus range", "00-ff");
export const idRange = scalar<IdRange>("id-range", "a range of ids", "0000-ffff");
export const acsBits = scalar<readonly AcsBit[]>("acs-bits", "a list of ACS bits", "SV RR CR UF");
/** An id of at most 32 bits: a stream, a device id, a mask. */
export const id = scalar<number>("id", "an id", "0x100");

export function address<S extends Space>(space: S): ScalarType<Address<S>> {
  return { kind: "address", noun: "an address", example: "0x8000_0000", space };
}

/** An inclusive range in one text: `"0x0800_0000-0x080f_ffff"`. */
export function range<S extends Space>(space: S): ScalarType<AddressRange<S>> {
  return { kind: "range", noun: "a range", example: "0x0800_0000-0x080f_ffff", space };
}

export function integer(min: number, max: number): ScalarType<number> {
  return { kind: "integer", noun: `a whole number from ${min} to ${max}`, example: String(max), min, max };
}

export function reference(...to: EntryKind[]): ScalarType<string> {
  return { kind: "reference", noun: `the name of ${list(to.map(article))}`, example: "smmu0", to };
}

/** A text of a fixed shape, such as a vendor and device id. */
export function pattern(expression: RegExp, noun: string, example: string): ScalarType<string> {
  return { kind: "pattern", noun, example, pattern: expression };
}

/** The path of one file of the language, from the folder of the file that it stands in. */
export function file(leadsTo: FileKind): ScalarType<string> {
  return { kind: "file", noun: `the path of a ${leadsTo} file`, example: `../${leadsTo}s/name.${leadsTo}.jsonc`, leadsTo };
}

/** A path that may stand for several files: `hosts/*.platform.jsonc`. */
export function files(leadsTo: FileKind): ScalarType<string> {
  return { ...file(leadsTo), example: `${leadsTo}s/*.${leadsTo}.jsonc`, several: true };
}

export function word<const W extends readonly Word[]>(words: W): WordType<W[number]["word"]> {
  return { kind: "word", words };
}

export function listOf<T extends ValueType>(of: T): ListType<readonly ModelOf<T>[]> {
  return { kind: "list", of };
}

export function mapOf<T extends ValueType>(of: T, keyNoun: string, keys?: () => readonly Word[]): MapType<ReadonlyMap<string, ModelOf<T>>> {
  return { kind: "map", of, keyNoun, ...(keys && { keys }) };
}

export function either<const T extends readonly ValueType[]>(...of: T): EitherType<ModelOf<T[number]>> {
  return { kind: "either", of };
}

export function record<F extends Fields, const E extends Extents = {}>(
  name: string,
  doc: string,
  fields: F,
  more: { extents?: E; entry?: EntryKind } = {},
): RecordType<RecordModel<F, E>> {
  return { kind: "record", name, doc, fields, extents: more.extents ?? {}, ...(more.entry && { entry: more.entry }) };
}

export function required<T extends ValueType, O extends Options = {}>(type: T, doc: string, options?: O): Field<WithOptions<ModelOf<T>, O>, true> {
  return { type, doc, required: true, unknown: options?.unknown ?? false, none: options?.none ?? false };
}

export function optional<T extends ValueType, O extends Options = {}>(type: T, doc: string, options?: O): Field<WithOptions<ModelOf<T>, O>, false> {
  return { type, doc, required: false, unknown: options?.unknown ?? false, none: options?.none ?? false };
}

function article(kind: EntryKind): string {
  const noun = kind.replace("-", " ");
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
