// One scalar of the tree to its exact value: an address, a size, a name, a PCI address and so on, with what is wrong with it.
// Knows nothing of records, nor of where the value stands.
import type { Problem, ScalarType } from "../../../core/src/index";
import {
  address, hasAmbiguousUnit, isUnprefixed, isUntidyAddress, looksLikeExpression, nameFault, parseAcsBits, parseAddress, parseBounds, parseBusRange,
  parseIdRange, parsePciAddress, parseSize, plainSizeIn, rangeTo, tidyAddressIn,
} from "../../../core/src/index";
import type { Node, SyntaxTree } from "./tree";
import { NodeKind } from "./tree";

/** A problem without its place, which the caller knows. */
export type ScalarFault = { [K in Problem as K["kind"]]: Omit<K, "at"> }[Problem["kind"]];

/** Who reads a scalar: takes what is wrong with it, and works out what is not written as a literal. */
export interface ScalarReader {
  report(fault: ScalarFault): void;
  /** The value of a text that its author meant as an expression; undefined when it has none, which is then reported. */
  expression(type: ScalarType, node: Node): bigint | undefined;
}

/** What a person would call a JSON value. */
export const FOUND: Readonly<Record<number, string>> = {
  [NodeKind.Object]: "an object",
  [NodeKind.Array]: "a list",
  [NodeKind.String]: "a text",
  [NodeKind.Number]: "a number",
  [NodeKind.True]: "true",
  [NodeKind.False]: "false",
  [NodeKind.Null]: "null",
};

/** The value, or undefined when it cannot be read as the type: then the fault was reported. Remarks on values that can be read are reported too. */
export function readScalar(type: ScalarType, tree: SyntaxTree, node: Node, reader: ScalarReader): unknown {
  const kind = tree.kind(node);
  switch (type.kind) {
    case "boolean":
      if (kind === NodeKind.True || kind === NodeKind.False) return kind === NodeKind.True;
      return wrongType(type, kind, reader);
    case "integer":
      return readInteger(type, tree, node, reader);
    case "address":
    case "size":
    case "id":
      if (kind === NodeKind.Number) return readNumber(type, tree.raw(node), reader);
      break;
  }
  if (kind !== NodeKind.String) return wrongType(type, kind, reader);
  const quick = type.kind === "address" ? tidyAddressIn(tree.text, tree.start(node) + 1, tree.end(node) - 1) : type.kind === "size" ? plainSizeIn(tree.text, tree.start(node) + 1, tree.end(node) - 1) : -1;
  if (quick >= 0) return type.kind === "size" ? exactSize(quick) : BigInt(quick);
  return readText(type, tree.string(node), node, reader);
}

let lastSize = 0;
let lastExact = 0n;

/** Neighbours often have one size: they share its value, as it takes more room than the number. */
function exactSize(size: number): bigint {
  if (size !== lastSize) {
    lastSize = size;
    lastExact = BigInt(size);
  }
  return lastExact;
}

function readText(type: ScalarType, text: string, node: Node, reader: ScalarReader): unknown {
  switch (type.kind) {
    case "address":
      return readAddress(type, text, node, reader);
    case "size":
      return readSize(type, text, node, reader);
    case "range":
      return readRange(type, text, reader);
    case "id":
      return readId(type, text, reader);
    case "name": {
      const fault = nameFault(text);
      return fault ? malformed(type, text, fault.because, fault.suggestion, reader) : text;
    }
    case "pci-address":
      return parsePciAddress(text) ?? malformed(type, text, "it is not written like 0000:01:00.0 or 01:00.0", undefined, reader);
    case "bus-range":
      return parseBusRange(text) ?? malformed(type, text, "it is not written like 00-ff, the first bus not above the last", undefined, reader);
    case "id-range":
      return parseIdRange(text) ?? malformed(type, text, "it is not written like 0000-ffff, the first id not above the last", undefined, reader);
    case "acs-bits":
      return readAcsBits(type, text, reader);
    case "pattern":
      return type.pattern?.test(text) ? text : malformed(type, text, `it is not written like ${type.example}`, undefined, reader);
    default:
      return text;
  }
}

function readAddress(type: ScalarType, text: string, node: Node, reader: ScalarReader): bigint | undefined {
  const value = parseAddress(text);
  if (typeof value !== "bigint" && looksLikeExpression(text)) return reader.expression(type, node);
  if (typeof value !== "bigint") return malformed(type, text, value.because, value.suggestion, reader);
  if (isUnprefixed(text)) return unprefixed([value], text, reader) ? undefined : value;
  if (isUntidyAddress(text)) reader.report({ kind: "untidy-address", text, value });
  return value;
}

/** True when the digits are two numbers, so that nobody can tell what is meant: the value is then lost. Up to 9 both are the same. */
function unprefixed(values: readonly bigint[], text: string, reader: ScalarReader): boolean {
  reader.report({ kind: "unprefixed-address", text });
  return values.some((value) => value > 9n);
}

function readSize(type: ScalarType, text: string, node: Node, reader: ScalarReader): bigint | undefined {
  const value = parseSize(text);
  if (typeof value !== "bigint" && looksLikeExpression(text)) return reader.expression(type, node);
  if (typeof value !== "bigint") return malformed(type, text, value.because, value.suggestion, reader);
  if (hasAmbiguousUnit(text)) reader.report({ kind: "ambiguous-unit", text });
  return value;
}

function readRange(type: ScalarType, text: string, reader: ScalarReader): unknown {
  const bounds = parseBounds(text);
  if ("because" in bounds) return malformed(type, text, bounds.because, bounds.suggestion, reader);
  const [first = "", last = ""] = text.split("-").map((end) => end.trim());
  const doubtful = [...(isUnprefixed(first) ? [bounds.first] : []), ...(isUnprefixed(last) ? [bounds.last] : [])];
  if (doubtful.length > 0 && unprefixed(doubtful, text, reader)) return undefined;
  const range = rangeTo(address(bounds.first), address(bounds.last + 1n));
  if (!range) reader.report({ kind: "impossible-range", fault: "end-before-base", base: bounds.first, size: undefined, last: bounds.last });
  return range;
}

function readId(type: ScalarType, text: string, reader: ScalarReader): number | undefined {
  const value = parseAddress(text);
  if (typeof value === "bigint" && value <= 0xffff_ffffn) return Number(value);
  const because = typeof value === "bigint" ? "it needs more than 32 bits" : value.because;
  return malformed(type, text, because, typeof value === "bigint" ? undefined : value.suggestion, reader);
}

function readAcsBits(type: ScalarType, text: string, reader: ScalarReader): unknown {
  if (/^none$/i.test(text.trim())) return [];
  const { bits, unknown } = parseAcsBits(text);
  if (unknown.length === 0) return bits;
  return malformed(type, text, `${unknown.join(", ")} is none of SV TB RR CR UF EC DT`, undefined, reader);
}

/** A JSON number in place of an address, a size or an id: exact below 2^53, lost above. */
function readNumber(type: ScalarType, raw: string, reader: ScalarReader): bigint | number | undefined {
  if (Math.abs(Number(raw)) > Number.MAX_SAFE_INTEGER) {
    reader.report({ kind: "unsafe-number", text: raw });
    return undefined;
  }
  const value = wholeNumber(raw);
  if (value === undefined || value < 0n) return malformed(type, raw, "it is not a whole number of zero or more", undefined, reader);
  if (type.kind === "id") return value <= 0xffff_ffffn ? Number(value) : malformed(type, raw, "it needs more than 32 bits", undefined, reader);
  if (type.kind === "address") reader.report({ kind: "number-for-address", value });
  return value;
}

function readInteger(type: ScalarType, tree: SyntaxTree, node: Node, reader: ScalarReader): number | undefined {
  if (tree.kind(node) !== NodeKind.Number) return wrongType(type, tree.kind(node), reader);
  const value = Number(wholeNumber(tree.raw(node)) ?? NaN);
  if (value >= (type.min ?? 0) && value <= (type.max ?? Infinity)) return value;
  return malformed(type, tree.raw(node), `it is not ${type.noun}`, undefined, reader);
}

/** The exact value of a JSON number below 2^53; undefined for a larger one, and for one that is not whole (which a floating point value may hide). */
function wholeNumber(raw: string): bigint | undefined {
  if (!Number.isSafeInteger(Number(raw))) return undefined;
  if (/^-?[0-9]+$/.test(raw)) return BigInt(raw);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)([0-9]+)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$/.exec(raw) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return 0n;
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return power < 0 ? undefined : BigInt(sign + significant) * 10n ** BigInt(power);
}

function wrongType(type: ScalarType, kind: NodeKind, reader: ScalarReader): undefined {
  const example = type.kind === "boolean" || type.kind === "integer" ? type.example : `"${type.example}"`;
  reader.report({ kind: "wrong-type", expected: type.noun, found: FOUND[kind] ?? "something else", example });
  return undefined;
}

function malformed(type: ScalarType, text: string, because: string, suggestion: string | undefined, reader: ScalarReader): undefined {
  reader.report({ kind: "malformed-value", noun: type.noun, text, because, suggestion });
  return undefined;
}
