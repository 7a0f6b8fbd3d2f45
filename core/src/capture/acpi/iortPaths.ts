// Follows ids through the IORT: which requester ids of a segment reach which SMMU as which streams, and which ITS as
// which device ids. Knows nothing of names and of host bridges.
import type { IdMapping, IortNode, IortNodeKind } from "./iort";
import { TableFault } from "./tableBytes";

/** Consecutive ids, inclusive, with what becomes of the first of them; the others follow, unless `same`. */
export interface IdPath {
  readonly first: number;
  readonly last: number;
  readonly output: number;
  readonly same: boolean;
  readonly node: IortNode;
}

/** Deeper than any table: a root complex, an SMMU, an ITS group. A circle ends here. */
const DEPTH_LIMIT = 8;
/** Pieces into which ids may fall; firmware has a few dozen. */
const PIECES_LIMIT = 4096;

/**
 * The root complex of a segment: the first, as Linux takes it (drivers/acpi/arm64/iort.c holds that segments and root
 * complexes go one to one).
 */
export function rootComplexOf(nodes: readonly IortNode[], segment: number): IortNode<"root-complex"> | undefined {
  return nodes.find(
    (node): node is IortNode<"root-complex"> => node.kind === "root-complex" && node.segment === segment,
  );
}

/**
 * Where the ids of a node end that reach a node of one of the kinds, in the order of the table; of two paths for the
 * same id the first counts. Ids that are in none are not listed. Throws TableFault where there are too many to follow.
 */
export function idPaths(nodes: readonly IortNode[], from: IortNode, kinds: readonly IortNodeKind[]): IdPath[] {
  const byOffset = new Map(nodes.map((node) => [node.at, node]));
  const found: IdPath[] = [];
  let walked = 0;
  const open: { path: IdPath; depth: number }[] = [
    { path: { first: 0, last: 0xffff_ffff, output: 0, same: false, node: from }, depth: 0 },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { path, depth } = next;
    if (depth > 0 && kinds.includes(path.node.kind)) found.push(path);
    else if (depth < DEPTH_LIMIT)
      open.push(
        ...steps(path, byOffset)
          .reverse()
          .map((step) => ({ path: step, depth: depth + 1 })),
      );
    if (++walked + open.length > PIECES_LIMIT)
      throw new TableFault(from.at, `the ids of this node fall into more than ${PIECES_LIMIT} pieces`);
  }
  return found;
}

/**
 * The mappings that Linux uses, with their true counts. Some firmware has written the number of ids where the number
 * minus one belongs: the last id of such a mapping is the first of another, and belongs to that other (domain.md 4.3).
 */
export function usedMappings(node: IortNode): { mappings: IdMapping[]; offByOne: IdMapping[] } {
  const own = node.kind === "smmuv3" ? node.ownMsis : undefined;
  const used = node.mappings.filter((mapping, index) => index !== own && mayBeUsed(mapping, node));
  const lastBeginning = new Map(used.flatMap((one, index) => (one.single ? [] : [[one.inputBase, index] as const])));
  const offByOne = new Set(used.filter((one, index) => (lastBeginning.get(lastOf(one)) ?? -1) > index && isMany(one)));
  const mappings = used.map((one) => (offByOne.has(one) ? { ...one, count: one.count - 1 } : one));
  return { mappings, offByOne: [...offByOne] };
}

/** Only what has ids of its own may have one output for all of them; elsewhere Linux skips the mapping. */
function mayBeUsed(mapping: IdMapping, node: IortNode): boolean {
  return !mapping.single || node.kind === "root-complex" || node.kind === "named-component";
}

function lastOf(mapping: IdMapping): number {
  return mapping.inputBase + mapping.count - 1;
}

function isMany(mapping: IdMapping): boolean {
  return !mapping.single && mapping.count > 1;
}

/** The pieces of a path's ids that the mappings of its node carry on. */
function steps(path: IdPath, byOffset: ReadonlyMap<number, IortNode>): IdPath[] {
  return usedMappings(path.node).mappings.flatMap((mapping) => {
    const node = byOffset.get(mapping.to);
    const step = node && carriedOn(path, mapping, node);
    return step ? [step] : [];
  });
}

function carriedOn(path: IdPath, mapping: IdMapping, node: IortNode): IdPath | undefined {
  if (mapping.single) return { ...path, output: mapping.outputBase, same: true, node };
  const inputLast = lastOf(mapping);
  if (path.same) {
    const inside = mapping.inputBase <= path.output && path.output <= inputLast;
    return inside ? { ...path, output: mapping.outputBase + path.output - mapping.inputBase, node } : undefined;
  }
  const outputLast = path.output + path.last - path.first;
  const [from, to] = [Math.max(path.output, mapping.inputBase), Math.min(outputLast, inputLast)];
  if (from > to) return undefined;
  const first = path.first + from - path.output;
  return { first, last: first + to - from, output: mapping.outputBase + from - mapping.inputBase, same: false, node };
}
