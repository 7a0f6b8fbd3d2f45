// Whether two values of descriptions say the same, however they are written: addresses and sizes by number, PCI addresses with and
// without segment, ACS bits and lists in any order. Knows nothing of entries, nor of edits.
import { parseAcsBits, parseBounds, parseIdRange, parsePciAddress, parseSize, printPciAddress } from "../../../core/src/index";
import type { View } from "../jsonc/view";

/** Keys whose values are names of other entries. */
const REFERENCES: ReadonlySet<string> = new Set(["in", "to", "msi", "sharedWith", "targets"]);
const HEX_RANGES: ReadonlySet<string> = new Set(["ids", "streams", "buses"]);
const ACS_KEYS: ReadonlySet<string> = new Set(["capable", "enabled"]);
const PCI_KEYS: ReadonlySet<string> = new Set(["at", "devices", "aliases"]);

export type Rename = (name: string) => string;

/** True when the key's values are names of entries. */
export function isReference(key: string | number | undefined): boolean {
  return typeof key === "string" && REFERENCES.has(key);
}

/** True when both values of `key` mean the same; `rename` turns the names of `fresh` into those of `old`. */
export function isSame(key: string, old: View, fresh: View, rename: Rename = (name) => name): boolean {
  return meaning(key, old, (name) => name) === meaning(key, fresh, rename);
}

/** `"unknown"`: what could not be told. */
export function isUnknown(value: View | undefined): boolean {
  return value?.text === "unknown";
}

/** One text for all ways to write a value. Lists have no order here: none of the language's has one that means anything. */
export function meaning(key: string, value: View, rename: Rename): string {
  if (value.isList) return `[${value.items.map((item) => meaning(key, item, rename)).sort().join(",")}]`;
  if (value.isObject) {
    const members = [...value.members].map(([name, member]) => `${JSON.stringify(name)}:${meaning(name, member, rename)}`);
    return `{${members.sort().join(",")}}`;
  }
  const text = (value.text ?? "").trim();
  return JSON.stringify(isReference(key) ? rename(text) : plainMeaning(key, text));
}

function plainMeaning(key: string, text: string): string {
  if (ACS_KEYS.has(key)) return acsMeaning(text);
  if (HEX_RANGES.has(key)) {
    const ids = parseIdRange(text);
    return ids ? `${ids.first}-${ids.last}` : text;
  }
  const at = PCI_KEYS.has(key) ? parsePciAddress(text) : undefined;
  if (at) return printPciAddress(at);
  const size = key === "class" ? undefined : parseSize(text);
  if (typeof size === "bigint") return size.toString();
  const bounds = parseBounds(text);
  return "because" in bounds ? text : `${bounds.first}-${bounds.last}`;
}

function acsMeaning(text: string): string {
  const { bits, unknown } = parseAcsBits(text);
  return unknown.length > 0 ? text : [...bits].sort().join(" ");
}
