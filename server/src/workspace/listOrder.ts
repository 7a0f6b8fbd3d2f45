// By what the entries of a list are sorted by address: where each begins, or the PCI address where that says it. Knows nothing of how entries change places.
import type { FilePlan, Path } from "../../../core/src/index";
import { parseBounds, parsePciAddress, requesterId } from "../../../core/src/index";
import { memberText, placeOfEntry } from "../jsonc/siblings";
import type { Source } from "../jsonc/source";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";

/** The innermost list of records around a path, such as `/reserved`; undefined outside of one. */
export function listAround(source: Source, path: Path): Path | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const list = path.slice(0, depth);
    const node = source.valueAt(list);
    if (node < 0 || source.tree.kind(node) !== NodeKind.Array) continue;
    const first = source.tree.firstChild(node);
    if (first >= 0 && source.tree.kind(first) === NodeKind.Object) return list;
  }
  return undefined;
}

/** What each entry of a list is sorted by; undefined for one without an address. */
export function addressesIn(source: Source, plan: FilePlan | undefined, list: Path): readonly (bigint | undefined)[] {
  const node = source.valueAt(list);
  const entries = node < 0 ? [] : [...source.tree.children(node)];
  return entries.map((entry, index) => addressOf(source, entry, [...list, index], plan));
}

function addressOf(source: Source, entry: Node, path: Path, plan: FilePlan | undefined): bigint | undefined {
  if (source.tree.kind(entry) !== NodeKind.Object) return undefined;
  const { base } = placeOfEntry(source, entry, path, (of) => plan?.expressionAt(of)?.value);
  if (base) return base.value;
  const range = memberText(source, entry, "range") ?? firstRange(source, [...path, "ranges", 0]);
  const bounds = range === undefined ? undefined : parseBounds(range);
  if (bounds && !("because" in bounds)) return bounds.first;
  const at = parsePciAddress(memberText(source, entry, "at") ?? "");
  return at && BigInt(at.segment ?? 0) * 0x1_0000n + BigInt(requesterId(at));
}

function firstRange(source: Source, path: Path): string | undefined {
  const node = source.valueAt(path);
  return node >= 0 && source.tree.kind(node) === NodeKind.String ? source.tree.string(node) : undefined;
}
