// Reads the MADT ("APIC") table: which interrupt controller the machine has, and on Arm where its parts and its MSI
// doorbells are. Knows nothing of who reaches them.
import type { CapturedRange, Reading, Unread } from "../reading";
import { BYTE_HEAD, readEach, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";

export interface Madt {
  /** What its processor entries are of; undefined where there is none. */
  readonly arch: "x86_64" | "arm64" | undefined;
  readonly distributors: readonly { readonly base: bigint; readonly version: number }[];
  /**
   * Redistributors (version 3 and 4 of the GIC), upward where processor entries name them: those count only where no
   * range of its own does. What touches is one range.
   */
  readonly redistributors: readonly CapturedRange[];
  /** Interrupt translation services by the number with which the IORT refers to them. */
  readonly translationServices: readonly { readonly id: number; readonly base: bigint }[];
  /** GICv2m frames. */
  readonly msiFrames: readonly { readonly id: number; readonly base: bigint }[];
}

const STRUCTURES_AT = 44;
/** Interrupt controller structure types, ACPI specification 6.5, table 5.21. */
const TYPE = { localApic: 0, localX2Apic: 9, gicc: 11, gicd: 12, msiFrame: 13, gicr: 14, its: 15 } as const;

type Entry =
  | { readonly kind: "x86" }
  | { readonly kind: "arm"; readonly redistributor: bigint | undefined }
  | { readonly kind: "gicd"; readonly base: bigint; readonly version: number }
  | { readonly kind: "gicr"; readonly range: CapturedRange }
  | { readonly kind: "its" | "frame"; readonly id: number; readonly base: bigint };

/** A processor entry may say where its redistributor is (ACPI specification 6.5, section 5.2.12.14): offset, flags. */
const [REDISTRIBUTOR_AT, ENABLED, ONLINE_CAPABLE] = [60, 1, 8];
/** Two pages of 64 KiB, and two more for virtual LPIs from version 4 on (Linux, gic_acpi_parse_madt_gicc). */
const [REDISTRIBUTOR_SIZE, REDISTRIBUTOR_SIZE_V4] = [0x2_0000n, 0x4_0000n];

/** ACPI specification 6.5, section 5.2.12. Addresses are physical. */
export function readMadt(table: AcpiTable): Reading<Madt> {
  const unread: Unread[] = [];
  const structures = structuresOf(table, table.bytes, STRUCTURES_AT, BYTE_HEAD, unread);
  const entries = readEach(table, structures, unread, readStructure);
  const of = <K extends Entry["kind"]>(kind: K): Extract<Entry, { kind: K }>[] =>
    entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
  const arm = entries.some((entry) => entry.kind === "arm" || entry.kind === "gicd");
  const distributors = of("gicd").map(({ base, version }) => ({ base, version }));
  const size = distributors.some(({ version }) => version >= 4) ? REDISTRIBUTOR_SIZE_V4 : REDISTRIBUTOR_SIZE;
  const ranges = of("gicr").map(({ range }) => range);
  return {
    facts: {
      arch: arm ? "arm64" : entries.some((entry) => entry.kind === "x86") ? "x86_64" : undefined,
      distributors,
      redistributors: ranges.length > 0 ? ranges : ofProcessors(of("arm").flatMap((one) => one.redistributor ?? []), size),
      translationServices: of("its").map(({ id, base }) => ({ id, base })),
      msiFrames: of("frame").map(({ id, base }) => ({ id, base })),
    },
    unread,
  };
}

function readStructure({ type, at, bytes }: Structure): Entry | undefined {
  switch (type) {
    case TYPE.localApic:
    case TYPE.localX2Apic:
      return { kind: "x86" };
    case TYPE.gicc:
      return { kind: "arm", redistributor: redistributorOf(at, bytes) };
    case TYPE.gicd:
      return {
        kind: "gicd",
        base: bytes.u64(at + 8, "the distributor's base"),
        version: bytes.u8(at + 20, "its version"),
      };
    case TYPE.gicr:
      return readRedistributors(bytes.u64(at + 4, "the redistributors' base"), bytes.u32(at + 12, "their length"));
    case TYPE.msiFrame:
      return {
        kind: "frame",
        id: bytes.u32(at + 4, "the frame's number"),
        base: bytes.u64(at + 8, "the frame's base"),
      };
    case TYPE.its:
      return { kind: "its", id: bytes.u32(at + 4, "the ITS's number"), base: bytes.u64(at + 8, "the ITS's base") };
    default:
      return undefined;
  }
}

/** Tables before version 5.1 have no such field, and a processor that cannot come online has no redistributor. */
function redistributorOf(at: number, bytes: Structure["bytes"]): bigint | undefined {
  if (at + REDISTRIBUTOR_AT + 8 > bytes.end) return undefined;
  if ((bytes.u32(at + 12, "the processor's flags") & (ENABLED | ONLINE_CAPABLE)) === 0) return undefined;
  const base = bytes.u64(at + REDISTRIBUTOR_AT, "the redistributor's base");
  return base === 0n ? undefined : base;
}

function ofProcessors(bases: readonly bigint[], size: bigint): CapturedRange[] {
  const ranges: { base: bigint; last: bigint }[] = [];
  for (const base of [...new Set(bases)].sort((a, b) => (a < b ? -1 : 1))) {
    const before = ranges.at(-1);
    if (before && base <= before.last + 1n) before.last = base + size - 1n;
    else ranges.push({ base, last: base + size - 1n });
  }
  return ranges;
}

function readRedistributors(base: bigint, length: number): Entry | undefined {
  return length === 0 ? undefined : { kind: "gicr", range: { base, last: base + BigInt(length) - 1n } };
}
