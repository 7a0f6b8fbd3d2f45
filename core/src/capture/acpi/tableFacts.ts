// Puts the facts of all ACPI tables together for a description: IOMMUs with who is behind them, and ways of MSIs.
// Knows nothing of names in a description.
import type { CapturedRange, Unread } from "../reading";
import { ACPI_TABLES_FOLDER } from "./acpiTables";
import type { AcpiTables } from "./acpiTables";
import { dmarUnits } from "./dmarUnits";
import { iortMsiMappings, iortUnits } from "./iortUnits";
import { ivrsUnits } from "./ivrsUnits";
import type { Functions, TableIommu, TableIommus, TableMapping, TableMsiMapping } from "./tableIommus";
import { viotUnits } from "./viotUnits";

export interface TableDoorbell extends CapturedRange {
  readonly type: "its" | "gicv2m";
}

export interface TableFacts {
  readonly units: readonly TableIommu[];
  readonly mappings: readonly TableMapping[];
  /** The tables tell of every IOMMU: functions in no mapping are behind none. */
  readonly complete: boolean;
  readonly doorbells: readonly TableDoorbell[];
  /** By the IORT; undefined where there is none. */
  readonly msi: readonly TableMsiMapping[] | undefined;
}

const IORT = `${ACPI_TABLES_FOLDER}/IORT`;
/** Two pages of 64 KiB of an ITS; a GICv2m frame's page (domain.md 3.1). */
const [ITS_SIZE, FRAME_SIZE] = [0x2_0000n, 0x1000n];

/** What the tables mean for the functions of the capture. `unread` is what could not be followed. */
export function tableFacts(tables: AcpiTables, functions: Functions): { facts: TableFacts; unread: Unread[] } {
  const parts: TableIommus[] = [
    ...(tables.dmar ? [dmarUnits(tables.dmar, functions, `${ACPI_TABLES_FOLDER}/DMAR`)] : []),
    ...(tables.ivrs ? [ivrsUnits(tables.ivrs)] : []),
    ...(tables.iort
      ? [iortUnits(tables.iort, tables.madt, (segment) => keepsBootConfiguration(tables, segment), IORT)]
      : []),
    ...(tables.viot ? [viotUnits(tables.viot)] : []),
  ];
  return {
    facts: {
      units: parts.flatMap((part) => part.units),
      mappings: parts.flatMap((part) => part.mappings),
      complete: isComplete(parts, tables),
      doorbells: doorbellsOf(tables),
      msi: tables.iort && iortMsiMappings(tables.iort, tables.madt),
    },
    unread: [...parts.flatMap((part) => part.unread), ...unsureNotes(parts)],
  };
}

/** A machine without a table of IOMMUs has none, if all of its tables are there: a DSDT speaks for that. */
function isComplete(parts: readonly TableIommus[], { iommusDamaged, amlHostBridges }: AcpiTables): boolean {
  if (iommusDamaged || parts.some((part) => !part.complete)) return false;
  return parts.length > 0 || amlHostBridges !== undefined;
}

/** All host bridges of a segment must say the same. */
function keepsBootConfiguration({ amlHostBridges }: AcpiTables, segment: number): boolean | undefined {
  const bridges = (amlHostBridges ?? []).filter((bridge) => bridge.segment === undefined || bridge.segment === segment);
  const [first, ...rest] = bridges.map((bridge) => bridge.keepsBootConfiguration);
  return rest.every((answer) => answer === first) ? first : undefined;
}

function doorbellsOf({ madt }: AcpiTables): TableDoorbell[] {
  const its = (madt?.translationServices ?? []).map(({ base }) => ({
    base,
    last: base + ITS_SIZE - 1n,
    type: "its" as const,
  }));
  const frames = (madt?.msiFrames ?? []).map(({ base }) => ({
    base,
    last: base + FRAME_SIZE - 1n,
    type: "gicv2m" as const,
  }));
  return [...its, ...frames].filter((one) => one.last < 1n << 64n);
}

/** What a person must know besides the document: that something was left out for want of knowledge. */
function unsureNotes(parts: readonly TableIommus[]): Unread[] {
  const notes = parts
    .flatMap((part) => part.units.flatMap((unit) => unit.notes))
    .filter((note) => note.endsWith("could not be read"));
  return notes.map((because) => ({ where: IORT, because }));
}
