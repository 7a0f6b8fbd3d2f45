// The language as a page of Markdown: every record with its keys, every vocabulary. Knows no single key.
import type { Field, RecordType, ValueType } from "../language/valueType";

/** Documentation of the kinds of file: of each the root first, then each record in the order in which it is first met. */
export function languagePage(files: readonly RecordType[]): string {
  const records = [...new Set(files.flatMap(recordsOf))];
  return records.map((record) => recordSection(record)).join("\n\n") + "\n";
}

/** A type in a few words: "an address", "a list of BAR", "`ram`, `hotplug`". */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case "record":
      return `[${type.name}](#${slug(type.name)})`;
    case "list":
      return `list of ${describeType(type.of)}`;
    case "map":
      return `object from ${type.keyNoun} to ${describeType(type.of)}`;
    case "either":
      return type.of.map(describeType).join(" or ");
    case "word":
      return type.words.map((one) => `\`${one.word}\``).join(", ");
    default:
      return `${type.noun}, such as \`${type.example}\``;
  }
}

/** The records that a type is made of, itself first, each once. */
export function recordsOf(file: RecordType): RecordType[] {
  const records: RecordType[] = [];
  const visit = (type: ValueType): void => {
    if (type.kind === "list" || type.kind === "map") visit(type.of);
    else if (type.kind === "either") type.of.forEach(visit);
    else if (type.kind === "record" && !records.includes(type)) {
      records.push(type);
      for (const field of Object.values(type.fields)) visit(field.type);
    }
  };
  visit(file);
  return records;
}

function recordSection(record: RecordType): string {
  const rows = Object.entries(record.fields).map(([key, field]) => `| \`${key}\`${field.required ? " (required)" : ""} | ${describeField(field)} | ${field.doc.replaceAll("|", "\\|")} |`);
  const vocabularies = Object.entries(record.fields).flatMap(([key, field]) => vocabulary(key, field.type));
  return [`## ${record.name}\n\n${record.doc}`, ["| key | value | meaning |", "| --- | --- | --- |", ...rows].join("\n"), ...vocabularies].join("\n\n");
}

function describeField(field: Field): string {
  const words = [...(field.unknown ? ["`unknown`"] : []), ...(field.none ? ["`none`"] : [])];
  return [describeType(field.type), ...words].join("; ").replaceAll("|", "\\|");
}

function vocabulary(key: string, type: ValueType): string[] {
  if (type.kind !== "word") return [];
  return [`Words of \`${key}\`:\n\n${type.words.map((one) => `- \`${one.word}\`: ${one.doc}`).join("\n")}`];
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
