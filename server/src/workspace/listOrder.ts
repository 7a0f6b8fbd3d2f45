// By what the entries of a list are sorted by address: where each begins, or the PCI address where that says it. Knows nothing of how entries change places.
import type { FilePlan, Path } from "../../../core/src/index";
import { parseBounds, parsePciAddress, requesterId } from "../../../core/src/index";
import { siblingsOf, siblingText } from "../jsonc/siblings";
import type { SortKey } from "../jsonc/sortList";
import type { Source } from "../jsonc/source";
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

/** What an entry has no address for comes last. */
export function addressOrder(source: Source, plan: FilePlan | undefined, list: Path): SortKey {
  return (index) => {
    const member = [...list, index, "base"];
    const { base } = siblingsOf(source, member, (path) => plan?.expressionAt(path)?.value);
    if (base) return base.value;
    const range = siblingText(source, member, "range") ?? firstRange(source, [...list, index, "ranges", 0]);
    const bounds = range === undefined ? undefined : parseBounds(range);
    if (bounds && !("because" in bounds)) return bounds.first;
    const at = parsePciAddress(siblingText(source, member, "at") ?? "");
    return at && BigInt(at.segment ?? 0) * 0x1_0000n + BigInt(requesterId(at));
  };
}

function firstRange(source: Source, path: Path): string | undefined {
  const node = source.valueAt(path);
  return node >= 0 && source.tree.kind(node) === NodeKind.String ? source.tree.string(node) : undefined;
}
