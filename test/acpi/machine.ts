// Folders of ACPI tables, with or without configuration space of functions, imported as a person would.
// Knows nothing of what is expected of the documents.
import fs from "node:fs";
import path from "node:path";
import type { PlatformDocument } from "../capture/captures";
import { importPaths } from "../capture/captures";
import { temporaryFolder } from "../temporaryFolder";

/** The parts of a document that tables fill. */
export type TablesDocument = Omit<PlatformDocument, "iommus"> & {
  readonly iommus?: readonly {
    readonly name: string;
    readonly type: string;
    readonly base?: string;
    readonly size?: string;
    readonly reserved?: readonly Readonly<Record<string, unknown>>[];
    readonly interruptRemapping?: boolean;
    readonly translatesHyperTransport?: boolean;
  }[];
};

export interface ImportedMachine {
  readonly document: TablesDocument;
  readonly notes: readonly string[];
  readonly text: string;
}

/** A folder of tables, each in a file of its name, and nothing else. */
export function importTables(tables: Readonly<Record<string, Uint8Array>>): ImportedMachine {
  const folder = path.join(temporaryFolder(), "machine");
  fs.mkdirSync(folder);
  for (const [name, bytes] of Object.entries(tables)) fs.writeFileSync(path.join(folder, name), bytes);
  return imported(folder);
}

/** Tables where the kernel has them, and functions with a class, and with buses where they are bridges. */
export function importMachine(
  tables: Readonly<Record<string, Uint8Array>>,
  functions: Readonly<Record<string, { readonly class: number; readonly buses?: readonly [number, number] }>>,
): ImportedMachine {
  const folder = path.join(temporaryFolder(), "machine");
  for (const [address, { class: code, buses }] of Object.entries(functions)) {
    const config = Buffer.alloc(256);
    config.writeUInt32LE(0x1234_8086, 0);
    config.writeUInt32LE(code << 16, 8);
    if (buses) config.set([0x01], 0x0e);
    if (buses) config.set([parseInt(address.slice(5, 7), 16), ...buses], 0x18);
    write(path.join(folder, "sys/bus/pci/devices", address, "config"), config);
  }
  for (const [name, bytes] of Object.entries(tables)) write(path.join(folder, "sys/firmware/acpi/tables", name), bytes);
  return imported(folder);
}

function write(file: string, bytes: Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
}

function imported(folder: string): ImportedMachine {
  const { platform, document } = importPaths(folder);
  return { document: document as TablesDocument, notes: platform.notes, text: platform.text };
}
