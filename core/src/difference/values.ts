// Values of the language in one form each, so that two texts that say the same print the same. Knows nothing of entries.
import type { AddressRange, Space } from "../address";
import type { ValueType } from "../language/valueType";
import type { BusRange, IdRange, PciAddress } from "../pciAddress";
import { printBusRange, printIdRange, printPciAddress } from "../pciAddress";
import { printAddress, printRange, printSizeLiteral } from "../print";

/** A value that was read, printed; `segment` is what PCI addresses without one mean. */
export function printValue(value: unknown, type: ValueType, segment: number): string {
  if (Array.isArray(value)) return printList(value, type, segment);
  if (typeof value === "string") return isPath(type) ? fromHere(value) : value;
  if (typeof value === "boolean") return String(value);
  switch (type.kind === "either" ? "" : type.kind) {
    case "address":
      return printAddress(value as bigint);
    case "size":
      return printSizeLiteral(value as bigint);
    case "id":
      return `0x${(value as number).toString(16)}`;
    case "range":
      return printRange(value as AddressRange<Space>);
    case "pci-address":
      return printPciAddress(value as PciAddress, segment);
    case "bus-range":
      return printBusRange(value as BusRange);
    case "id-range":
      return printIdRange(value as IdRange);
    default:
      return String(value as number);
  }
}

function isPath(type: ValueType): boolean {
  return type.kind === "either" ? type.of.some(isPath) : type.kind === "file" || (type.kind === "list" && isPath(type.of));
}

/** A path without what it says twice: it is from the folder of its file anyway. */
function fromHere(path: string): string {
  return path.replace(/^(?:\.\/+)+/, "");
}

/** Lists of plain values; ACS bits, which are a set, come in the order of the vocabulary already. */
function printList(values: readonly unknown[], type: ValueType, segment: number): string {
  if (values.length === 0) return "none";
  const of = type.kind === "list" ? type.of : type;
  return values.map((one) => printValue(one, of, segment)).join(type.kind === "acs-bits" ? " " : ", ");
}

/** What is meant where nothing is said (language.md), by record and key. */
const USUAL: Readonly<Record<string, string>> = {
  "memory.type": "ram", "configuration space.type": "ecam", "PCI host bridge.segment": "0", "PCI host bridge.buses": "00-ff",
  "guest memory.type": "ram", "guest memory.align": "2M", "passed-through device.when": "boot",
};

/** Lists whose order says nothing. That of `extends` counts, and that of the targets of an interleaved window. */
const SETS: ReadonlySet<string> = new Set(["guest file.hosts", "fleet file.platforms", "migration group.platforms", "migration group.guests"]);

/** A value in the order in which it is compared: a set in that of its texts. */
export function inOrder(record: string, key: string, value: unknown): unknown {
  return Array.isArray(value) && SETS.has(`${record}.${key}`) ? (value as readonly string[]).map(fromHere).toSorted() : value;
}

/** Flags that say the same when they are absent. */
const FLAGS: ReadonlySet<string> = new Set(["disabled", "noMap", "reusable", "below", "incomplete", "virtual", "assign", "programmable", "multifunction", "externalFacing"]);

/** True for a value that says no more than its absence. */
export function isUsual(record: string, key: string, text: string): boolean {
  return USUAL[`${record}.${key}`] === text || (text === "false" && FLAGS.has(key));
}
