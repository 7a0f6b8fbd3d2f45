// Addresses, sizes and ranges as this language usually writes them: `0x8000_0000`, `64K`. Values stay what they are; expressions and what cannot be read stay as they are written.
// Knows no single key.
import type { RecordType, ScalarType, WordType } from "../../../core/src/index";
import { ADDRESS_LIMIT, address, parseAddress, parseBounds, parseSize, printAddress, printRange, printSizeLiteral, rangeTo } from "../../../core/src/index";
import type { TextEdit } from "./edit";
import type { Source } from "./source";
import { walkTyped } from "./typedWalk";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** The edits for every value of the document that could be written more usually, in the order of the text. */
export function tidyLiteralEdits(source: Source, record: RecordType): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  walkTyped(source, record, {
    value({ node, type }) {
      const text = tidyText(source, node, type);
      if (text !== undefined) edits.push({ start: source.tree.start(node), end: source.tree.end(node), text });
    },
  });
  return edits;
}

/** The value as JSON; undefined where it is so already, or stays. */
function tidyText({ tree }: Source, node: Node, type: ScalarType | WordType): string | undefined {
  const isNumber = tree.kind(node) === NodeKind.Number;
  if (!isNumber && tree.kind(node) !== NodeKind.String) return undefined;
  const raw = tree.raw(node);
  // A number of JSON is exact up to 2^53; beyond that nobody knows what was meant.
  if (isNumber && !(/^[0-9]+$/.test(raw) && Number.isSafeInteger(Number(raw)))) return undefined;
  const printed = printedAs(type, isNumber ? raw : tree.string(node));
  const text = printed === undefined ? undefined : JSON.stringify(printed);
  return text === raw ? undefined : text;
}

function printedAs({ kind }: ScalarType | WordType, text: string): string | undefined {
  if (kind === "address") {
    const value = parseAddress(text);
    return typeof value === "bigint" ? printAddress(value) : undefined;
  }
  if (kind === "size") {
    const value = parseSize(text);
    return typeof value === "bigint" ? printSizeLiteral(value) : undefined;
  }
  const bounds = kind === "range" ? parseBounds(text) : undefined;
  if (!bounds || "because" in bounds || bounds.last >= ADDRESS_LIMIT) return undefined;
  const range = rangeTo(address(bounds.first), address(bounds.last + 1n));
  return range && printRange(range);
}
