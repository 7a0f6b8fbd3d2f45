// From a path in a file to the language's word on it: the record, the key and the type that stand there. Knows no single key.
import type { Path } from "../anchor";
import type { Field, RecordType, ValueType, Word } from "./valueType";

/** What the language says about the value at a path. */
export interface Spot {
  readonly type: ValueType;
  /** The field whose value it is, or whose list or map it is an element of. */
  readonly field: Field | undefined;
  readonly key: string | undefined;
  /** The record that the field belongs to. */
  readonly record: RecordType | undefined;
  /** The key of a map that led here, where the language has words for it. */
  readonly mapKey?: Word;
}

/** Undefined when the path leads through something that the language does not have. */
export function spotAt(file: RecordType, path: Path): Spot | undefined {
  let spot: Spot = { type: file, field: undefined, key: undefined, record: undefined };
  for (const step of path) {
    const next = stepInto(spot, step);
    if (!next) return undefined;
    spot = next;
  }
  return spot;
}

/** The shapes that a type may have: those of an `either`, else itself. */
export function shapesOf(type: ValueType): readonly ValueType[] {
  return type.kind === "either" ? type.of.flatMap(shapesOf) : [type];
}

function stepInto(spot: Spot, step: string | number): Spot | undefined {
  for (const shape of shapesOf(spot.type)) {
    if (shape.kind === "list" && typeof step === "number") return { ...spot, type: shape.of };
    if (shape.kind === "map" && typeof step === "string") {
      const mapKey = shape.keys?.().find((one) => one.word === step);
      return { ...spot, type: shape.of, ...(mapKey && { mapKey }) };
    }
    if (shape.kind !== "record" || typeof step !== "string" || !Object.hasOwn(shape.fields, step)) continue;
    const field = shape.fields[step] as Field;
    return { type: field.type, field, key: step, record: shape };
  }
  return undefined;
}
