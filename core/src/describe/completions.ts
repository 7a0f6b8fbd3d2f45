// What the language lets stand at a place: keys of an object, words and names of a value. Knows nothing of editors, nor of the text around the place.
import type { EntryKind, Field, MapType, RecordType, ScalarType, ValueType } from "../language/valueType";
import { shapesOf } from "../language/lookup";

export interface Completion {
  readonly label: string;
  readonly kind: "key" | "word" | "name" | "shape" | "place" | "entry";
  /** Few words beside the label. */
  readonly detail: string;
  readonly doc: string;
  /** What to insert: JSON, with `$1` where the cursor goes. */
  readonly insert: string;
  /** Smaller comes first. */
  readonly rank: number;
}

/** The keys that a record has and the object does not have yet; required ones first. */
export function keyCompletions(record: RecordType, present: ReadonlySet<string>): Completion[] {
  return Object.entries(record.fields)
    .filter(([key]) => !present.has(key))
    .map(([key, field], index) => ({
      label: key,
      kind: "key" as const,
      detail: `${shortType(field.type)}${field.required ? ", required" : ""}`,
      doc: field.doc,
      insert: `${JSON.stringify(key)}: ${emptyValue(field.type)}`,
      rank: (field.required ? 0 : 100) + index,
    }));
}

/** The keys of a map that has words for them. */
export function mapKeyCompletions(map: MapType, present: ReadonlySet<string>): Completion[] {
  return (map.keys?.() ?? [])
    .filter(({ word: key }) => !present.has(key))
    .map(({ word: key, doc }, rank) => ({ label: key, kind: "key" as const, detail: "", doc, insert: `${JSON.stringify(key)}: ${emptyValue(map.of)}`, rank }));
}

/** The values that a type names by words, and for references the names of the file. */
export function valueCompletions(type: ValueType, field: Field | undefined, names: Iterable<readonly [name: string, kind: EntryKind | undefined]>): Completion[] {
  const words = shapesOf(type).flatMap((shape) => shapeCompletions(shape, names));
  const nothing = [
    ...(field?.unknown ? [word("unknown", "an importer could not tell", "Rules that need it are skipped, and say so.")] : []),
    ...(field?.none ? [word("none", "there is none", "A statement, unlike an absent key.")] : []),
  ];
  return [...words, ...nothing].map((one, index) => ({ ...one, rank: index }));
}

/** What an inserted value begins as: quotes, brackets, with the cursor inside. */
export function emptyValue(type: ValueType): string {
  switch (type.kind) {
    case "list":
      return `[${shapesOf(type.of).some((shape) => shape.kind === "record") ? emptyValue(type.of) : "$1"}]`;
    case "record":
      return "{ $1 }";
    case "map":
      return "{ $1 }";
    case "either":
      return emptyValue(type.of[0] as ValueType);
    case "word":
      return '"$1"';
    default:
      return type.kind === "boolean" ? "true" : type.kind === "integer" ? "$1" : '"$1"';
  }
}

function shapeCompletions(shape: ValueType, names: Iterable<readonly [string, EntryKind | undefined]>): Completion[] {
  if (shape.kind === "word") return shape.words.map((one) => word(one.word, "", one.doc));
  if (shape.kind === "boolean") return ["true", "false"].map((one) => ({ label: one, kind: "word", detail: "", doc: "", insert: one, rank: 0 }));
  if (shape.kind === "reference") return references(shape, names);
  if (shape.kind === "record" || shape.kind === "list") {
    const label = shape.kind === "record" ? `{ } ${shape.name}` : "[ ]";
    return [{ label, kind: "shape", detail: shape.kind === "record" ? shape.name : shortType(shape), doc: shape.kind === "record" ? shape.doc : "", insert: emptyValue(shape), rank: 0 }];
  }
  return [];
}

function references(type: ScalarType, names: Iterable<readonly [string, EntryKind | undefined]>): Completion[] {
  return [...names]
    .filter(([, kind]) => kind !== undefined && type.to?.includes(kind))
    .map(([name, kind]) => ({ label: name, kind: "name" as const, detail: kind ?? "", doc: "", insert: JSON.stringify(name), rank: 0 }));
}

function word(text: string, detail: string, doc: string): Completion {
  return { label: text, kind: "word", detail, doc, insert: JSON.stringify(text), rank: 0 };
}

function shortType(type: ValueType): string {
  switch (type.kind) {
    case "record":
      return type.name;
    case "list":
      return `list of ${shortType(type.of)}`;
    case "map":
      return "object";
    case "either":
      return type.of.map(shortType).join(" or ");
    case "word":
      return "word";
    default:
      return type.noun.replace(/^an? /, "");
  }
}
