// A whole entry of a list as something to fill in: the keys that it cannot do without, and where it lies. Knows nothing of editors but the form of their snippets.
import type { Field, RecordType, ValueType } from "../language/valueType";
import type { Completion } from "./completions";

/** The entry as an editor inserts it: `${1:…}` are the places to fill in, in their order; `plain` is for editors that have none. */
export interface EntrySnippet extends Completion {
  readonly snippet: string;
}

/** The entry of a record; undefined where nothing is required of one. */
export function entrySnippet(record: RecordType): EntrySnippet | undefined {
  const keys = keysOf(record);
  if (keys.length < 2) return undefined;
  const members = keys.map((key, index) => `${JSON.stringify(key)}: ${placeholder(record.fields[key] as Field, index + 1, key)}`);
  const plain = keys.map((key) => `${JSON.stringify(key)}: ${plainValue((record.fields[key] as Field).type)}`);
  return {
    label: `{ } ${record.name}`,
    kind: "entry",
    detail: keys.join(", "),
    doc: () => record.doc,
    insert: `{ ${plain.join(", ")} }`,
    snippet: `{ ${members.join(", ")} }$0`,
  };
}

/** What is required, and of the forms in which a place can be said the usual one: base and size. In the order of the language. */
function keysOf({ fields, extents }: RecordType): string[] {
  const placing = new Set(Object.values(extents).slice(0, 1).flatMap(({ base, size }) => [base, size]));
  return Object.keys(fields).filter((key) => fields[key]?.required === true || placing.has(key));
}

function placeholder({ type }: Field, tabStop: number, key: string): string {
  if (type.kind === "word") return `"\${${tabStop}|${type.words.map(({ word }) => word).join(",")}|}"`;
  if (type.kind === "name") return `"\${${tabStop}:${key}}"`;
  if (type.kind === "integer" || type.kind === "boolean") return `\${${tabStop}:${type.kind === "integer" ? "0" : "true"}}`;
  if (type.kind === "list") return `[$${tabStop}]`;
  if (type.kind === "record" || type.kind === "map") return `{ $${tabStop} }`;
  return type.kind === "either" ? `$${tabStop}` : `"$${tabStop}"`;
}

function plainValue(type: ValueType): string {
  if (type.kind === "word") return JSON.stringify(type.words[0]?.word ?? "");
  if (type.kind === "integer") return "0";
  if (type.kind === "boolean") return "true";
  if (type.kind === "list") return "[]";
  return type.kind === "record" || type.kind === "map" ? "{}" : '""';
}
