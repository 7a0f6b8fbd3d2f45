// ACPI tables that were taken by themselves: single files and folders of them (*.dat, or named like DMAR), as the files
// of a capture. Knows nothing of what the tables say.
import type { CaptureFile } from "../../../core/src/index";
import {
  ACPI_TABLES_FOLDER, acpiSignature, acpiTableFault, decodeText, looksLikeAcpiDump, looksLikeText, otherAcpiTable, readAcpiDump,
} from "../../../core/src/index";
import { ImportError } from "./importError";

/** Enough of a text for its first heading and row. */
const DUMP_START = 4096;

/** Beside the tables that are read, for no reader to open. */
const SILENT = `${ACPI_TABLES_FOLDER}/other/`;

/**
 * The path that a table has in a capture; undefined for bytes that are none. Throws ImportError for a damaged table.
 */
export function acpiTablePath(bytes: Uint8Array, where: string): string | undefined {
  const signature = looksLikeText(bytes) ? undefined : acpiSignature(bytes);
  if (signature === undefined) return undefined;
  const fault = acpiTableFault(bytes);
  if (fault !== undefined) throw new ImportError(where, `damaged ACPI table: ${fault}`);
  return `${ACPI_TABLES_FOLDER}/${signature}`;
}

/**
 * The path of a table that no reader is for (HPET, FACP, BGRT, …): people name all that their machine has. Undefined for
 * bytes that are none.
 */
export function silentTablePath(bytes: Uint8Array): string | undefined {
  const signature = looksLikeText(bytes) ? undefined : otherAcpiTable(bytes);
  return signature === undefined ? undefined : `${SILENT}${signature}`;
}

/** True for a path that `silentTablePath` gave. */
export function isSilentTable(path: string): boolean {
  return path.startsWith(SILENT);
}

/** A free path for one of several tables of one kind; undefined where a machine has one alone. */
export function furtherTablePath(path: string, found: ReadonlyMap<string, CaptureFile>): string | undefined {
  return path === `${ACPI_TABLES_FOLDER}/SSDT` ? freePath("SSDT", found) : undefined;
}

/**
 * The tables of acpidump's text, by the paths that they have in a capture; damaged ones too, for their reader to say so.
 * Undefined: the bytes are no such text. Throws ImportError where it has no table that can be told.
 */
export function dumpedTables(bytes: Uint8Array, where: string): Map<string, CaptureFile> | undefined {
  if (!looksLikeText(bytes) || !looksLikeAcpiDump(decodeText(bytes.subarray(0, DUMP_START)))) return undefined;
  const found = new Map<string, CaptureFile>();
  for (const table of readAcpiDump(decodeText(bytes))) {
    const signature = acpiSignature(table);
    const path = signature === undefined ? silentTablePath(table) : freePath(signature, found);
    if (path !== undefined) found.set(path, { kind: "file", bytes: table });
  }
  if (found.size === 0) throw new ImportError(where, "no ACPI table in this text of acpidump can be read");
  return found;
}

/**
 * The tables of a folder, by the paths that they have in a capture; damaged ones too, for their reader to say so.
 * Undefined: no file is a table that says something. Throws ImportError where several folders have tables: these are
 * several machines.
 */
export function acpiTablesAmong(
  files: ReadonlyMap<string, CaptureFile>,
  where: string,
): Map<string, CaptureFile> | undefined {
  const found = new Map<string, CaptureFile>();
  const folders = new Set<string>();
  for (const path of [...files.keys()].sort()) {
    const file = files.get(path);
    const signature = file?.kind === "file" && !looksLikeText(file.bytes) ? acpiSignature(file.bytes) : undefined;
    if (!file || signature === undefined) continue;
    folders.add(path.replace(/(^|\/)(dynamic\/)?[^/]*$/, ""));
    found.set(freePath(signature, found), file);
  }
  if (folders.size > 1)
    throw new ImportError(
      where,
      `it holds the ACPI tables of several machines (${[...folders].sort().slice(0, 3).join(", ")}, …); name one`,
    );
  return found.size === 0 ? undefined : found;
}

/** A machine has several tables of some kinds. */
function freePath(signature: string, found: ReadonlyMap<string, CaptureFile>): string {
  const path = `${ACPI_TABLES_FOLDER}/${signature}`;
  let number = 1;
  while (found.has(number === 1 ? path : `${path}${number}`)) number++;
  return number === 1 ? path : `${path}${number}`;
}
