// Reads every ACPI table of a capture that says something of the memory map, of PCI or of IOMMUs.
// Knows nothing of what the tables mean together.
import type { CaptureFiles } from "../captureFiles";
import type { Reading, Unread } from "../reading";
import type { AmlHostBridge } from "./aml";
import { readAmlHostBridges } from "./aml";
import type { Cedt } from "./cedt";
import { readCedt } from "./cedt";
import type { Dmar } from "./dmar";
import { readDmar } from "./dmar";
import type { IortNode } from "./iort";
import { readIort } from "./iort";
import type { Ivrs } from "./ivrs";
import { readIvrs } from "./ivrs";
import type { Madt } from "./madt";
import { readMadt } from "./madt";
import type { McfgEntry } from "./mcfg";
import { readMcfg } from "./mcfg";
import type { MemoryAffinity } from "./srat";
import { readSrat } from "./srat";
import type { AcpiTable } from "./table";
import { readTable } from "./table";
import type { Viot } from "./viot";
import { readViot } from "./viot";

/** What the tables say; undefined: the capture has no such table, or it cannot be read. */
export interface AcpiTables {
  readonly mcfg: readonly McfgEntry[] | undefined;
  readonly madt: Madt | undefined;
  readonly iort: readonly IortNode[] | undefined;
  readonly dmar: Dmar | undefined;
  readonly ivrs: Ivrs | undefined;
  readonly viot: Viot | undefined;
  readonly cedt: Cedt | undefined;
  readonly srat: readonly MemoryAffinity[] | undefined;
  /** Something in a table of IOMMUs could not be read: who is behind which is not sure. */
  readonly iommusDamaged: boolean;
  /** Undefined: there is no DSDT. */
  readonly amlHostBridges: readonly AmlHostBridge[] | undefined;
}

export const ACPI_TABLES_FOLDER = "sys/firmware/acpi/tables";
/** Names under which the kernel keeps more tables: those of the firmware, and those that it loaded later. */
const FOLDERS: readonly string[] = [ACPI_TABLES_FOLDER, `${ACPI_TABLES_FOLDER}/dynamic`];

/** The tables by what their headers call them; of two with one name the first counts. Undefined: none is there. */
export function readAcpiTables(files: CaptureFiles): Reading<AcpiTables | undefined> {
  const unread: Unread[] = [];
  const tables = FOLDERS.flatMap((folder) => tablesIn(folder, files, unread));
  const read = <T>(signature: string, reader: (table: AcpiTable) => Reading<T>): T | undefined => {
    const table = tables.find((one) => one.signature === signature);
    const reading = table && reader(table);
    unread.push(...(reading?.unread ?? []));
    return reading?.facts;
  };
  const aml = tables.filter((table) => ["DSDT", "SSDT"].includes(table.signature));
  const facts: Omit<AcpiTables, "iommusDamaged"> = {
    mcfg: read("MCFG", readMcfg),
    madt: read("APIC", readMadt),
    iort: read("IORT", readIort),
    dmar: read("DMAR", readDmar),
    ivrs: read("IVRS", readIvrs),
    viot: read("VIOT", readViot),
    cedt: read("CEDT", readCedt),
    srat: read("SRAT", readSrat),
    amlHostBridges: aml.some((table) => table.signature === "DSDT") ? readAmlHostBridges(aml) : undefined,
  };
  const iommusDamaged = unread.some(({ where }) => IOMMU_TABLE.test(where));
  return { facts: tables.length === 0 ? undefined : { ...facts, iommusDamaged }, unread };
}

const IOMMU_TABLE = /\/(DMAR|IVRS|IORT|VIOT)[^/]*$/;

/** Tables that no reader is for are not opened: their faults would be nobody's. */
const READ = /^(MCFG|APIC|IORT|DMAR|IVRS|VIOT|CEDT|SRAT|DSDT|SSDT)/;

/**
 * The signature of a table that some reader is for; undefined for other bytes. Nothing else of the table is looked at.
 */
export function acpiSignature(bytes: Uint8Array): string | undefined {
  return READ.exec(String.fromCharCode(...bytes.subarray(0, 4)))?.[0];
}

function tablesIn(folder: string, files: CaptureFiles, unread: Unread[]): AcpiTable[] {
  return files.names(folder).flatMap((name) => {
    const bytes = READ.test(name) ? files.bytes(`${folder}/${name}`) : undefined;
    if (!bytes) return [];
    const reading = readTable(bytes, `${folder}/${name}`);
    unread.push(...reading.unread);
    return reading.facts ? [reading.facts] : [];
  });
}
