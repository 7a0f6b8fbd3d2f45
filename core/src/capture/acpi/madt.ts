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
  /** Redistributors: ranges of their own, and those that processor entries name (version 3 and 4 of the GIC). */
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
  | { readonly kind: "x86" | "arm" }
  | { readonly kind: "gicd"; readonly base: bigint; readonly version: number }
  | { readonly kind: "gicr"; readonly range: CapturedRange }
  | { readonly kind: "its" | "frame"; readonly id: number; readonly base: bigint };

/** ACPI specification 6.5, section 5.2.12. Addresses are physical. */
export function readMadt(table: AcpiTable): Reading<Madt> {
  const unread: Unread[] = [];
  const structures = structuresOf(table, table.bytes, STRUCTURES_AT, BYTE_HEAD, unread);
  const entries = readEach(table, structures, unread, readStructure);
  const of = <K extends Entry["kind"]>(kind: K): Extract<Entry, { kind: K }>[] =>
    entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
  const arm = entries.some((entry) => entry.kind === "arm" || entry.kind === "gicd");
  return {
    facts: {
      arch: arm ? "arm64" : entries.some((entry) => entry.kind === "x86") ? "x86_64" : undefined,
      distributors: of("gicd").map(({ base, version }) => ({ base, version })),
      redistributors: of("gicr").map(({ range }) => range),
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
      return { kind: "arm" };
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

function readRedistributors(base: bigint, length: number): Entry | undefined {
  return length === 0 ? undefined : { kind: "gicr", range: { base, last: base + BigInt(length) - 1n } };
}
