// Reads the IORT table: Arm's root complexes, SMMUs, ITS groups and reserved memory, and how ids flow between them.
// Knows nothing of what an id becomes on its way (iortPaths.ts), nor of the description.
import type { CapturedRange, Reading, Unread } from "../reading";
import { IORT_HEAD, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { attempt, faultAt, hexOffset, TableFault } from "./tableBytes";

/** Ids from `inputBase`, `count` of them, become those from `outputBase` at the node `to`. */
export interface IdMapping {
  readonly inputBase: number;
  readonly count: number;
  readonly outputBase: number;
  /** Offset of a node in the table. */
  readonly to: number;
  /** Whatever comes in becomes `outputBase`. */
  readonly single: boolean;
}

interface NodeKinds {
  "its-group": { readonly ids: readonly number[] };
  "named-component": { readonly name: string };
  "root-complex": { readonly segment: number; readonly ats: boolean };
  smmu: { readonly version: 1 | 2; readonly base: bigint; readonly span: bigint; readonly model: number };
  /** `ownMsis`: which mapping is for the SMMU's own MSIs and none of those that pass through it. */
  smmuv3: { readonly base: bigint; readonly model: number; readonly ownMsis: number | undefined };
  /** A region that firmware or a device uses already; ids go out of it, none come in. */
  "reserved-memory": { readonly relaxable: boolean; readonly regions: readonly CapturedRange[] };
}

export type IortNodeKind = keyof NodeKinds;
export type IortNode<K extends IortNodeKind = IortNodeKind> = {
  [P in K]: { readonly kind: P; readonly at: number; readonly mappings: readonly IdMapping[] } & NodeKinds[P];
}[K];

const MAPPING_LENGTH = 20;
const RMR_DESCRIPTOR_LENGTH = 20;
/** More than any machine has: some hundred nodes, mostly performance counters, with an id mapping or a few each. */
const [NODES_LIMIT, MAPPINGS_LIMIT] = [2048, 4096];
/** Generic models that are version 1 of the architecture; the others are version 2 (Arm DEN 0049, table 9). */
const SMMU_V1_MODELS: readonly number[] = [0, 2, 4];

/**
 * Arm DEN 0049, IO Remapping Table. Nodes of other kinds (performance counters) are passed over. Mappings that lead to
 * no node are left out and said.
 */
export function readIort(table: AcpiTable): Reading<IortNode[]> {
  const unread: Unread[] = [];
  const structures = attempt(table.where, unread, () => nodeStructures(table, unread)) ?? [];
  const starts = new Set(structures.map(({ at }) => at));
  const nodes = structures.flatMap((structure) => {
    const kind = attempt(table.where, unread, () => readKind(structure));
    if (!kind) return [];
    const mappings = attempt(table.where, unread, () => readMappings(structure)) ?? [];
    return [
      {
        ...kind,
        at: structure.at,
        mappings: mappings.filter((one) => leadsToNode(one, structure, starts, table, unread)),
      },
    ];
  });
  const mappings = nodes.reduce((sum, node) => sum + node.mappings.length, 0);
  if (mappings <= MAPPINGS_LIMIT) return { facts: nodes, unread };
  return {
    facts: [],
    unread: [...unread, faultAt(table.where, 36, `${mappings} id mappings are more than any machine has`)],
  };
}

function nodeStructures(table: AcpiTable, unread: Unread[]): Structure[] {
  const [count, from] = [table.bytes.u32(36, "the number of nodes"), table.bytes.u32(40, "the offset of the nodes")];
  if (count === 0) return [];
  if (count > NODES_LIMIT) throw new TableFault(36, `${count} nodes are more than any machine has`);
  table.bytes.part(from, 1, "the first node");
  const structures = structuresOf(table, table.bytes, from, IORT_HEAD, unread, count);
  if (structures.length < count && unread.length === 0)
    unread.push(
      faultAt(table.where, 36, `the table says that it has ${count} nodes, and ${structures.length} are there`),
    );
  return structures;
}

type Kind = { [P in IortNodeKind]: { readonly kind: P } & NodeKinds[P] }[IortNodeKind];

function readKind({ type, at, bytes }: Structure): Kind | undefined {
  switch (type) {
    case 0:
      return { kind: "its-group", ids: readItsIds(at, bytes) };
    case 1:
      return { kind: "named-component", name: bytes.text(at + 29, bytes.end - at - 29, "the component's name") };
    case 2:
      return {
        kind: "root-complex",
        segment: bytes.u32(at + 28, "the segment"),
        ats: (bytes.u32(at + 24, "the ATS attribute") & 1) !== 0,
      };
    case 3:
      return readSmmu(at, bytes);
    case 4:
      return readSmmuV3({ type, at, bytes });
    case 6:
      return readReservedMemory(at, bytes);
    default:
      return undefined;
  }
}

function readItsIds(at: number, bytes: Structure["bytes"]): number[] {
  const count = bytes.u32(at + 16, "the number of ITSs");
  bytes.part(at + 20, 4 * count, `the numbers of ${count} ITSs`);
  return Array.from({ length: count }, (_, index) => bytes.u32(at + 20 + 4 * index, "an ITS's number"));
}

function readSmmu(at: number, bytes: Structure["bytes"]): Kind {
  const model = bytes.u32(at + 32, "the model");
  return {
    kind: "smmu",
    version: SMMU_V1_MODELS.includes(model) ? 1 : 2,
    base: bytes.u64(at + 16, "the base"),
    span: bytes.u64(at + 24, "the span"),
    model,
  };
}

/**
 * Before revision 5 the index of the SMMU's own mapping counts where one of its interrupts is no wire; from then on a
 * flag says so (Linux, drivers/acpi/arm64/iort.c).
 */
function readSmmuV3({ at, bytes }: Structure): Kind {
  const revision = bytes.u8(at + 3, "the revision");
  const flags = bytes.u32(at + 24, "the flags");
  const wires = [44, 48, 52, 56].map((offset) => bytes.u32(at + offset, "an interrupt"));
  const counts = revision >= 5 ? (flags & 0x10) !== 0 : revision >= 1 && wires.includes(0);
  return {
    kind: "smmuv3",
    base: bytes.u64(at + 16, "the base"),
    model: bytes.u32(at + 40, "the model"),
    ownMsis: counts ? bytes.u32(at + 64, "the index of the SMMU's own mapping") : undefined,
  };
}

function readReservedMemory(at: number, bytes: Structure["bytes"]): Kind {
  const flags = bytes.u32(at + 16, "the flags");
  const [count, offset] = [
    bytes.u32(at + 20, "the number of regions"),
    bytes.u32(at + 24, "the offset of the regions"),
  ];
  bytes.part(at + offset, RMR_DESCRIPTOR_LENGTH * count, `${count} regions`);
  const regions = Array.from({ length: count }, (_, index) =>
    readRegion(at + offset + RMR_DESCRIPTOR_LENGTH * index, bytes),
  );
  return { kind: "reserved-memory", relaxable: (flags & 1) !== 0, regions };
}

function readRegion(at: number, bytes: Structure["bytes"]): CapturedRange {
  const [base, length] = [bytes.u64(at, "a region's base"), bytes.u64(at + 8, "a region's length")];
  if (length === 0n || base + length > 1n << 64n) throw new TableFault(at, "a region is empty, or ends beyond 64 bits");
  return { base, last: base + length - 1n };
}

function readMappings({ at, bytes }: Structure): IdMapping[] {
  const [count, offset] = [
    bytes.u32(at + 8, "the number of id mappings"),
    bytes.u32(at + 12, "the offset of the id mappings"),
  ];
  if (count === 0) return [];
  bytes.part(at + offset, MAPPING_LENGTH * count, `${count} id mappings`);
  return Array.from({ length: count }, (_, index) => readMapping(at + offset + MAPPING_LENGTH * index, bytes));
}

/** The table has the number of ids minus one. */
function readMapping(at: number, bytes: Structure["bytes"]): IdMapping {
  return {
    inputBase: bytes.u32(at, "the first id"),
    count: bytes.u32(at + 4, "the number of ids") + 1,
    outputBase: bytes.u32(at + 8, "the first output id"),
    to: bytes.u32(at + 12, "the output node"),
    single: (bytes.u32(at + 16, "the flags") & 1) !== 0,
  };
}

function leadsToNode(
  mapping: IdMapping,
  from: Structure,
  starts: ReadonlySet<number>,
  table: AcpiTable,
  unread: Unread[],
): boolean {
  const leads = starts.has(mapping.to);
  if (!leads)
    unread.push(
      faultAt(table.where, from.at, `an id mapping leads to byte ${hexOffset(mapping.to)}, where no node begins`),
    );
  return leads;
}
