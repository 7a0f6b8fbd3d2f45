// What an author does to an imported description: renames, remarks, additions, other ways to write a number. Text in, text out.
// Knows nothing of what an update does with it.
import type { Edit, Json } from "../../core/src/index";
import { isTextSpan } from "../../core/src/index";
import { applyTextEdits, textEdits } from "../../server/src/jsonc/edit";
import { checkText } from "../../server/src/workspace/check";

const FILE = "authors.platform.jsonc";

/** An edit of the text that leaves every fact as it is. `pick` chooses among the places where it can be made. */
export type AuthorsEdit = (text: string, pick: number) => string;

export const authorsEdits: Readonly<Record<string, AuthorsEdit>> = {
  "renames an entry, and what refers to it": (text, pick) => {
    const { names, references } = checkText(FILE, text, { rules: [] });
    const [name, declared] = chosen([...names], pick) ?? [];
    if (name === undefined || declared === undefined) return text;
    const places = [declared.declaredAt, ...references.filter((one) => one.name === name).map(({ at }) => at)];
    const next = `mine.${pick}.${name}`;
    return edited(text, places.map((at): Edit => (isTextSpan(at) ? { op: "text", at, text: next } : { op: "replace", at, value: { json: next } })));
  },
  "remarks something behind a line": (text, pick) => onLine(text, pick, (line) => (line.includes("//") ? line : `${line} // remark ${pick}`)),
  "remarks something above a line": (text, pick) => onLine(text, pick, (line) => `/* remark ${pick}, in\n   two lines */\n${line}`),
  "describes an entry": (text, pick) => replaced(text, /"(?:name|at)": "[^"]+",(?! "description")/g, pick, (found) => `${found} "description": "${pick}",`),
  "means a function for assignment": (text, pick) => replaced(text, /"at": "[^"]+",(?= "type")/g, pick, (found) => `${found} "assign": true,`),
  "adds a device at the front": (text, pick) => added(text, "devices", -1, { name: `own-${pick}`, base: ownBase(pick), size: "4K" }),
  "adds a reservation at the end": (text, pick) => added(text, "reserved", 9999, { name: `kept-${pick}`, base: ownBase(pick + 4096), size: "64K", type: "hole" }),
  "says what was unknown": (text) => text.replace(`"physicalAddressBits": "unknown"`, `"physicalAddressBits": 46`),
  "writes an address without separators": (text, pick) => replaced(text, /"0x[0-9a-f]+_[0-9a-f_]+"/g, pick, (found) => found.replaceAll("_", "")),
  "writes an address in capitals": (text, pick) => replaced(text, /"0x[0-9a-f_]*[a-f][0-9a-f_]*"/g, pick, (found) => found.toUpperCase().replace("0X", "0x")),
  "writes a size in hexadecimal": (text, pick) => replaced(text, /"size": "[0-9]+[KM]"/g, pick, (found) => `"size": "0x${bytes(found).toString(16)}"`),
  "writes an address as a sum": (text, pick) => replaced(text, /"base": "0x[0-9a-f_]+"/g, pick, (found) => `"base": "${sum(found, 0x1000n * BigInt(pick % 8))}"`),
  "writes an address from another entry": (text, pick) => {
    const [name, from] = chosen([...text.matchAll(/"name": "([a-z0-9-]+)",[^{}\n]*"base": "(0x[0-9a-f_]+)"/g)].map(([, one = "", base = ""]) => [one, base] as const), pick) ?? [];
    if (name === undefined || from === undefined) return text;
    return replaced(text, /"base": "0x[0-9a-f_]+"/g, pick >> 4, (found) => {
      const offset = address(found) - address(from);
      return offset <= 0n ? found : `"base": "${name}.base + 0x${offset.toString(16)}"`;
    });
  },
  "writes a range for base and size": (text, pick) =>
    replaced(text, /"base": "(0x[0-9a-f_]+)", +"size": "([0-9]+K)"(?=[^\n]*"origin")/g, pick, (found) => {
      const base = BigInt((/"(0x[0-9a-f_]+)"/.exec(found)?.[1] ?? "0x0").replaceAll("_", ""));
      return `"range": "0x${base.toString(16)}-0x${(base + bytes(found) - 1n).toString(16)}"`;
    }),
  "writes the segment of a PCI address": (text, pick) => replaced(text, /"at": "[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"/g, pick, (found) => found.replace(`"at": "`, `"at": "0000:`)),
  "turns ACS bits around": (text, pick) => replaced(text, /"enabled": "SV RR CR UF"/g, pick, () => `"enabled": "UF CR RR SV"`),
};

/** Another line end throughout. */
export function withLineEnds(text: string, lineEnd: string): string {
  return text.replaceAll("\n", lineEnd);
}

function address(text: string): bigint {
  return BigInt((/0x[0-9a-f_]+/.exec(text)?.[0] ?? "0x0").replaceAll("_", ""));
}

/** An address as a sum that comes to the same. */
function sum(found: string, part: bigint): string {
  return `0x${(address(found) + part).toString(16)} - 0x${part.toString(16)}`;
}

function bytes(text: string): bigint {
  const [, digits = "0", unit] = /"([0-9]+)([KM])"/.exec(text) ?? [];
  return BigInt(digits) << (unit === "M" ? 20n : 10n);
}

/** Far above what the captured machines have. */
function ownBase(pick: number): string {
  return `0xfff0_${(pick & 0xffff).toString(16).padStart(4, "0")}_0000`;
}

function added(text: string, key: string, behind: number, value: Json): string {
  if (checkText(FILE, text, { rules: [] }).names.has((value as { name: string }).name)) return text;
  return edited(text, [{ op: "insert", to: { file: checkText(FILE, text, { rules: [] }).source.file, path: [key], part: "value" }, behind, value: { json: value } }]);
}

function edited(text: string, edits: readonly Edit[]): string {
  const made = textEdits(checkText(FILE, text, { rules: [] }).source, edits);
  return made ? applyTextEdits(text, made) : text;
}

/** What the machine said is not for the author to edit. */
function replaced(text: string, pattern: RegExp, pick: number, by: (found: string) => string): string {
  const end = text.indexOf(`"captured"`);
  const found = chosen([...text.slice(0, end < 0 ? undefined : end).matchAll(pattern)], pick);
  return found ? text.slice(0, found.index) + by(found[0]) + text.slice(found.index + found[0].length) : text;
}

function onLine(text: string, pick: number, by: (line: string) => string): string {
  const lines = text.split("\n");
  const index = pick % lines.length;
  if (/^[^\n]*\*\/|\/\*/.test(lines[index] ?? "")) return text;
  return lines.map((line, at) => (at === index ? by(line) : line)).join("\n");
}

function chosen<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % Math.max(1, all.length)];
}
