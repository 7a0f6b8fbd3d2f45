// The IORT's SMMUs with the requester ids that reach each, the ITSs that requester ids reach, and reserved memory.
// Knows nothing of names in a description, nor of AML: what the firmware's _DSM says is handed in.
import { inclusive } from "../draft/places";
import type { Unread } from "../reading";
import type { IortNode } from "./iort";
import type { IdPath } from "./iortPaths";
import { idPaths, rootComplexOf, usedMappings } from "./iortPaths";
import type { Madt } from "./madt";
import { attempt } from "./tableBytes";
import type { TableIommu, TableIommus, TableMapping, TableMsiMapping, TableReserved } from "./tableIommus";

type Smmu = IortNode<"smmu"> | IortNode<"smmuv3">;

/** For a segment: firmware keeps its PCI configuration, so that Linux believes reserved memory of PCI devices. */
export type KeepsBootConfiguration = (segment: number) => boolean | undefined;

/**
 * Implementations whose second page of registers is not used, or whose MSIs are not translated (domain.md 4.3, 1.4).
 */
const [HISILICON, CAVIUM] = [1, 2];
const [SMMUV3_SIZE, SMMUV3_ONE_PAGE] = [0x2_0000n, 0x1_0000n];
const [ITS_PAGE_AT, ITS_PAGE_SIZE] = [0x1_0000n, 0x1_0000n];
const GRANULE = 0x1_0000n;
const OFF_BY_ONE = "the number of ids stands where that minus one belongs";

interface IortContext {
  readonly nodes: readonly IortNode[];
  readonly madt: Madt | undefined;
  readonly keeps: KeepsBootConfiguration;
  /** Ids of root complexes on their way to SMMUs. */
  readonly paths: readonly SmmuPath[];
  /** Ids of named components on their way to SMMUs. */
  readonly components: readonly { readonly name: string; readonly path: IdPath }[];
}

/** Units and mappings in the order of the table. `where` is the table's path. */
export function iortUnits(
  nodes: readonly IortNode[],
  madt: Madt | undefined,
  keeps: KeepsBootConfiguration,
  where: string,
): TableIommus {
  const unread: Unread[] = [];
  const smmus = nodes.filter((node): node is Smmu => node.kind === "smmu" || node.kind === "smmuv3");
  const paths = attempt(where, unread, () => smmuPaths(nodes)) ?? [];
  const components = attempt(where, unread, () => componentPaths(nodes)) ?? [];
  const context: IortContext = { nodes, madt, keeps, paths, components };
  const units = smmus.flatMap((smmu) => attempt(where, unread, () => unitOf(smmu, context)) ?? []);
  return {
    units,
    mappings: paths.map(({ segment, path }) => mappingOf(segment, path)),
    complete: unread.length === 0,
    unread,
  };
}

/**
 * Which requester ids reach which ITS, through an SMMU or past all. Of an ITS group Linux takes the first ITS.
 * Undefined where there are too many ways to follow.
 */
export function iortMsiMappings(nodes: readonly IortNode[], madt: Madt | undefined): TableMsiMapping[] | undefined {
  return attempt("", [], () => segmentsOf(nodes).flatMap((segment) => msiMappingsOf(segment, nodes, madt)));
}

function msiMappingsOf(segment: number, nodes: readonly IortNode[], madt: Madt | undefined): TableMsiMapping[] {
  const root = rootComplexOf(nodes, segment);
  const paths = root ? idPaths(nodes, root, ["its-group"]) : [];
  return joined(
    paths.flatMap(({ node, first, last, output: deviceIds, same }) => {
      const doorbell = itsBase(node, madt);
      return doorbell === undefined ? [] : [{ segment, first, last, doorbell, deviceIds, same }];
    }),
  );
}

/**
 * Neighbours that count on are one, wherever the ids pass. Ranges that overlap stay as they are: their order counts.
 */
function joined(mappings: readonly TableMsiMapping[]): TableMsiMapping[] {
  const sorted = [...mappings].sort((a, b) => a.first - b.first);
  if (sorted.some((one, index) => index > 0 && one.first <= (sorted[index - 1]?.last ?? -1))) return [...mappings];
  const result: TableMsiMapping[] = [];
  for (const one of sorted) {
    const before = result.at(-1);
    if (before && countsOn(before, one)) result[result.length - 1] = { ...before, last: one.last };
    else result.push(one);
  }
  return result;
}

function countsOn(before: TableMsiMapping, next: TableMsiMapping): boolean {
  const follows = before.last + 1 === next.first && before.deviceIds + next.first - before.first === next.deviceIds;
  return follows && before.doorbell === next.doorbell && !before.same && !next.same;
}

interface SmmuPath {
  readonly segment: number;
  readonly path: IdPath;
}

function smmuPaths(nodes: readonly IortNode[]): SmmuPath[] {
  return segmentsOf(nodes).flatMap((segment) => {
    const root = rootComplexOf(nodes, segment);
    return root ? idPaths(nodes, root, ["smmu", "smmuv3"]).map((path) => ({ segment, path })) : [];
  });
}

function segmentsOf(nodes: readonly IortNode[]): number[] {
  return [...new Set(nodes.flatMap((node) => (node.kind === "root-complex" ? [node.segment] : [])))];
}

function mappingOf(segment: number, path: IdPath): TableMapping {
  return {
    segment,
    scope: { kind: "ids", first: path.first, last: path.last },
    to: keyOf(path.node),
    stream: path.output,
    ...(path.same && { same: true }),
  };
}

function unitOf(smmu: Smmu, { nodes, madt, keeps, paths, components }: IortContext): TableIommu {
  const memory = reservedMemory(smmu, nodes, keeps, paths);
  return {
    key: keyOf(smmu),
    type: smmu.kind === "smmuv3" ? "smmuv3" : smmu.version === 1 ? "smmuv1" : "smmuv2",
    registers: registersOf(smmu),
    at: undefined,
    kernelName: undefined,
    interruptRemapping: undefined,
    reserved: [...memory.reserved, ...untranslatedDoorbells(smmu, nodes, madt)],
    notes: [...memory.notes, ...componentNotes(smmu, components), ...offByOneNotes(smmu, nodes)],
  };
}

function keyOf(node: IortNode): string {
  return `iort${node.at}`;
}

function registersOf(smmu: Smmu): { base: bigint; last: bigint } | undefined {
  const size = smmu.kind === "smmu" ? smmu.span : smmu.model === CAVIUM ? SMMUV3_ONE_PAGE : SMMUV3_SIZE;
  return size === 0n || smmu.base + size > 1n << 64n ? undefined : { base: smmu.base, last: smmu.base + size - 1n };
}

/**
 * HiSilicon hip06 and hip07, erratum 161010801: the SMMU cannot translate the page that devices write to (domain.md
 * 1.4).
 */
function untranslatedDoorbells(smmu: Smmu, nodes: readonly IortNode[], madt: Madt | undefined): TableReserved[] {
  if (smmu.kind !== "smmuv3" || smmu.model !== HISILICON) return [];
  const bases = new Set(idPaths(nodes, smmu, ["its-group"]).flatMap((path) => itsBase(path.node, madt) ?? []));
  return [...bases].map((its) => {
    const base = its + ITS_PAGE_AT;
    return {
      base,
      last: base + ITS_PAGE_SIZE - 1n,
      type: "msi",
      scope: { kind: "all" },
      note: "HiSilicon erratum 161010801",
    };
  });
}

function itsBase(node: IortNode, madt: Madt | undefined): bigint | undefined {
  const id = node.kind === "its-group" ? node.ids[0] : undefined;
  return madt?.translationServices.find((one) => one.id === id)?.base;
}

/**
 * Reserved memory with the streams that it is for. For streams of PCI functions it holds only where firmware wants the
 * boot configuration kept (domain.md 2.7b); where that cannot be told, it is left out and said.
 */
function reservedMemory(
  smmu: Smmu,
  nodes: readonly IortNode[],
  keeps: KeepsBootConfiguration,
  paths: readonly SmmuPath[],
): { reserved: TableReserved[]; notes: string[] } {
  const reserved: TableReserved[] = [];
  const notes: string[] = [];
  for (const node of nodes) {
    if (node.kind !== "reserved-memory") continue;
    for (const { to, outputBase: first, count } of node.mappings) {
      if (to !== smmu.at) continue;
      const last = first + count - 1;
      const held = isHeld(first, last, smmu, keeps, paths);
      if (held === true)
        for (const region of node.regions) reserved.push(reservedOf(region, node.relaxable, first, last));
      else for (const region of node.regions) notes.push(leftOut(region, first, last, held));
    }
  }
  return { reserved, notes };
}

function isHeld(
  first: number,
  last: number,
  smmu: Smmu,
  keeps: KeepsBootConfiguration,
  paths: readonly SmmuPath[],
): boolean | undefined {
  const segments = new Set(
    paths
      .filter(
        ({ path }) =>
          path.node === smmu &&
          path.output <= last &&
          first <= (path.same ? path.output : path.output + path.last - path.first),
      )
      .map(({ segment }) => segment),
  );
  const answers = [...segments].map((segment) => keeps(segment));
  return answers.includes(undefined) ? undefined : answers.every((answer) => answer === true);
}

/** Linux takes whole pages; where an end is not at 64 KiB it says so, and goes on (domain.md 1.4). */
function reservedOf(
  region: { base: bigint; last: bigint },
  relaxable: boolean,
  first: number,
  last: number,
): TableReserved {
  const aligned = region.base % GRANULE === 0n && (region.last + 1n) % GRANULE === 0n;
  return {
    ...region,
    type: relaxable ? "direct-relaxable" : "direct",
    scope: { kind: "streams", first, last },
    note: aligned ? "IORT RMR" : "IORT RMR, not aligned to 64 KiB",
  };
}

function leftOut(
  region: { base: bigint; last: bigint },
  first: number,
  last: number,
  held: boolean | undefined,
): string {
  const what = `IORT RMR ${inclusive(region)} for streams ${first.toString(16)}-${last.toString(16)} is left out`;
  return held === undefined
    ? `${what}: Linux heeds it only if the host bridge's _DSM function 5 gives 0, and that could not be read`
    : `${what}: the host bridge's _DSM function 5 does not give 0, so Linux does not heed it`;
}

function componentPaths(nodes: readonly IortNode[]): IortContext["components"] {
  return nodes.flatMap((node) => {
    if (node.kind !== "named-component") return [];
    return idPaths(nodes, node, ["smmu", "smmuv3"]).map((path) => ({ name: node.name, path }));
  });
}

/** What is no PCI function has a name there, and no address. */
function componentNotes(smmu: Smmu, components: IortContext["components"]): string[] {
  const behind = components.filter(({ path }) => path.node === smmu);
  return behind.map(({ name, path }) => `IORT: ${name} is behind it, as streams ${streamsOf(path)}`);
}

function streamsOf(path: IdPath): string {
  const last = path.same ? path.output : path.output + path.last - path.first;
  return path.output === last ? path.output.toString(16) : `${path.output.toString(16)}-${last.toString(16)}`;
}

function offByOneNotes(smmu: Smmu, nodes: readonly IortNode[]): string[] {
  return nodes.flatMap((node) =>
    usedMappings(node)
      .offByOne.filter((mapping) => mapping.to === smmu.at || node === smmu)
      .map(
        ({ inputBase }) => `IORT: the id mapping from ${inputBase.toString(16)} on is one id too long: ${OFF_BY_ONE}`,
      ),
  );
}
