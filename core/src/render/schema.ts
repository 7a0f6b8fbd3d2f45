// The language as a JSON Schema (draft 7), for editors and tools that do not know it. Knows no single key.
// A schema says less than the reader does: it knows shapes and words, not ranges, references or what clashes.
import type { Json } from "../finding";
import type { Field, RecordType, ScalarKind, ScalarType, ValueType } from "../language/valueType";

type Schema = { readonly [key: string]: Json };

const ADDRESS = "^(0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*|[0-9]+(_[0-9]+)*)$";
/** An operator, a parenthesis or a property of a name; what the reader makes of it, a pattern cannot say. */
const EXPRESSION = "^(?=.*([+*(]|\\s-|[A-Za-z0-9_]\\.(base|size|last|next)))[-+*(),.\\sA-Za-z0-9_]+$";
const TEXT_PATTERNS: Partial<Record<ScalarKind, string>> = {
  address: ADDRESS,
  size: "^(0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*|[0-9]+(_[0-9]+)*\\s*([KMGTPEkmgtpe]([iI]?[bB])?)?)$",
  id: ADDRESS,
  name: "^[A-Za-z_][A-Za-z0-9_.-]*$",
  reference: "^[A-Za-z_][A-Za-z0-9_.-]*$",
  "pci-address": "^([0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]$",
  "bus-range": "^(0x)?[0-9a-fA-F]{1,2}(\\s*-\\s*(0x)?[0-9a-fA-F]{1,2})?$",
  "id-range": "^(0x)?[0-9a-fA-F]{1,8}(\\s*-\\s*(0x)?[0-9a-fA-F]{1,8})?$",
  range: "^\\s*[^\\s-]+\\s*-\\s*[^\\s-]+\\s*$",
};

/** The schema of a file, self-contained. */
export function jsonSchema(file: RecordType): Schema {
  const definitions: Record<string, Json> = {};
  const root = recordSchema(file, definitions);
  return { $schema: "http://json-schema.org/draft-07/schema#", title: `Platmap ${file.name}`, ...root, definitions };
}

function recordSchema(record: RecordType, definitions: Record<string, Json>): Schema {
  const fields = Object.entries(record.fields);
  const required = fields.filter(([, field]) => field.required).map(([key]) => key);
  return {
    type: "object",
    description: record.doc,
    properties: Object.fromEntries(fields.map(([key, field]) => [key, fieldSchema(field, definitions)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function fieldSchema(field: Field, definitions: Record<string, Json>): Schema {
  const words = [...(field.unknown ? ["unknown"] : []), ...(field.none ? ["none"] : [])];
  const value = valueSchema(field.type, definitions);
  return { description: field.doc, ...(words.length === 0 ? value : { anyOf: [value, { enum: words }] }) };
}

function valueSchema(type: ValueType, definitions: Record<string, Json>): Schema {
  switch (type.kind) {
    case "record":
      return reference(type, definitions);
    case "list":
      return { type: "array", items: valueSchema(type.of, definitions) };
    case "map":
      return { type: "object", ...(type.keys && { propertyNames: { enum: type.keys().map((one) => one.word) } }), additionalProperties: valueSchema(type.of, definitions) };
    case "either":
      return { anyOf: type.of.map((one) => valueSchema(one, definitions)) };
    case "word":
      return { enum: type.words.map((one) => one.word) };
    default:
      return scalarSchema(type);
  }
}

function reference(record: RecordType, definitions: Record<string, Json>): Schema {
  const name = record.name.replaceAll(" ", "-");
  if (definitions[name] === undefined) {
    definitions[name] = {};
    definitions[name] = recordSchema(record, definitions);
  }
  return { $ref: `#/definitions/${name}` };
}

function scalarSchema(type: ScalarType): Schema {
  if (type.kind === "boolean") return { type: "boolean" };
  if (type.kind === "integer") return { type: "integer", minimum: type.min ?? 0, maximum: type.max ?? Number.MAX_SAFE_INTEGER };
  const pattern = type.pattern?.source ?? TEXT_PATTERNS[type.kind];
  const text: Schema = { type: "string", examples: [type.example], ...(pattern !== undefined && { pattern }) };
  const takesExpression = type.kind === "address" || type.kind === "size";
  const takesNumber = type.kind === "address" || type.kind === "size" || type.kind === "id";
  const expression: Schema[] = takesExpression ? [{ type: "string", pattern: EXPRESSION, examples: [type.kind === "address" ? "align(dram0.next, 2M)" : "dram0.size - 64K"] }] : [];
  return takesNumber ? { anyOf: [text, ...expression, { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }] } : text;
}
