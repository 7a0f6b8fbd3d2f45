// What the language lets stand at a place: keys of an object, words and names of a value. Knows nothing of editors, nor of the text around the place.
import type { EntryKind, Field, MapType, RecordType, ScalarType, ValueType } from "../language/valueType";
import { shapesOf } from "../language/lookup";

export interface Completion {
  readonly label: string;
  readonly kind: "key" | "word" | "name" | "shape" | "place" | "entry";
  /** Few words beside the label. */
  readonly detail: string;
  /** What there is to say about it, Markdown. Worked out when somebody wants to read it. */
  readonly doc?: () => string;
  /** What to insert: JSON, with `$1` where the cursor goes. */
  readonly insert: string;
}

/** The keys that a record has and the object does not have yet; required ones first. */
export function keyCompletions(record: RecordType, present: ReadonlySet<string>): Completion[] {
  const missing = Object.entries(record.fields).filter(([key]) => !present.has(key));
  return [...missing.filter(([, { required }]) => required), ...missing.filter(([, { required }]) => !required)]
    .map(([key, field]) => ({
      label: key,
      kind: "key" as const,
      detail: `${shortType(field.type)}${field.required ? ", required" : ""}`,
      doc: () => field.doc,
      insert: `${JSON.stringify(key)}: ${emptyValue(field.type)}`,
    }));
}

/** The keys of a map that has words for them. */
export function mapKeyCompletions(map: MapType, present: ReadonlySet<string>): Completion[] {
  return (map.keys?.() ?? [])
    .filter(({ word: key }) => !present.has(key))
    .map(({ word: key, doc }) => ({ label: key, kind: "key" as const, detail: "", doc: () => doc, insert: `${JSON.stringify(key)}: ${emptyValue(map.of)}` }));
}

/** The values that a type names by words, and for references the names of the file. */
export function valueCompletions(type: ValueType, field: Field | undefined, names: Iterable<readonly [name: string, kind: EntryKind | undefined]>): Completion[] {
  const words = shapesOf(type).flatMap((shape) => shapeCompletions(shape, names));
  const nothing = [
    ...(field?.unknown ? [word("unknown", "an importer could not tell", "Rules that need it are skipped, and say so.")] : []),
    ...(field?.none ? [word("none", "there is none", "A statement, unlike an absent key.")] : []),
  ];
  return [...words, ...nothing];
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
  if (shape.kind === "boolean") return ["true", "false"].map((one) => ({ label: one, kind: "word", detail: "", insert: one }));
  if (shape.kind === "reference") return references(shape, names);
  if (shape.kind === "record" || shape.kind === "list") {
    const label = shape.kind === "record" ? `{ } ${shape.name}` : "[ ]";
    return [{ label, kind: "shape", detail: shape.kind === "record" ? shape.name : shortType(shape), ...(shape.kind === "record" && { doc: () => shape.doc }), insert: emptyValue(shape) }];
  }
  return [];
}

function references(type: ScalarType, names: Iterable<readonly [string, EntryKind | undefined]>): Completion[] {
  return [...names]
    .filter(([, kind]) => kind !== undefined && type.to?.includes(kind))
    .map(([name, kind]) => ({ label: name, kind: "name" as const, detail: kind ?? "", insert: JSON.stringify(name) }));
}

function word(text: string, detail: string, doc: string): Completion {
  return { label: text, kind: "word", detail, doc: () => doc, insert: JSON.stringify(text) };
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
