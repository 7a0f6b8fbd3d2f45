// The ACPI tables in test/acpi/tables, and the fields that iasl read from them. Knows nothing of what is expected of
// them.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { AcpiTable } from "../../core/src/capture/acpi/table";
import { readTable } from "../../core/src/capture/acpi/table";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "test/acpi/tables");

/** Paths like `asus-q325/DMAR`, of every table with that signature, or of all. */
export function tableNames(signature = ""): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(`${signature}.dat`))
    .map((file) => file.replace(/\.dat$/, ""))
    .sort();
}

export function tableFile(name: string): string {
  return path.join(folder, `${name}.dat`);
}

export function tableBytes(name: string): Uint8Array {
  return fs.readFileSync(tableFile(name));
}

/** A whole table, in which nothing may be wrong. */
export function tableOf(bytes: Uint8Array, where = "a table"): AcpiTable {
  const { facts, unread } = readTable(bytes, where);
  assert.deepEqual(unread, []);
  assert.ok(facts);
  return facts;
}

/** A field as iasl prints it: `[036h 0054   2]  PCI Segment Number : 0000`. */
export interface Field {
  readonly at: number;
  readonly size: number;
  readonly name: string;
  readonly text: string;
  readonly value: bigint;
}

/** The fields behind the table's header, in their order. */
export function iaslFields(name: string): Field[] {
  const lines = fs.readFileSync(path.join(folder, `${name}.iasl`), "utf8").split("\n");
  return lines.flatMap((line) => {
    const parts = /^\[[0-9A-F]+h (\d+) +(\d+)\] +(.+?) : (.*?)( *\[.*\])?$/.exec(line);
    if (!parts) return [];
    const text = (parts[4] ?? "").trim();
    const value = /^[0-9A-F]+$/.test(text) ? BigInt(`0x${text}`) : 0n;
    return Number(parts[1]) < 36
      ? []
      : [{ at: Number(parts[1]), size: Number(parts[2]), name: parts[3] ?? "", text, value }];
  });
}

/** The fields cut into pieces, each beginning with a field of that name; what is before the first is left out. */
export function pieces(fields: readonly Field[], first: string): Field[][] {
  const found: Field[][] = [];
  for (const field of fields) {
    if (field.name === first) found.push([]);
    found.at(-1)?.push(field);
  }
  return found;
}

/** The value of the first field of that name. */
export function field(fields: readonly Field[], name: string): bigint {
  const found = fields.find((one) => one.name === name);
  assert.ok(found, `iasl printed ${name}`);
  return found.value;
}

export function number(fields: readonly Field[], name: string): number {
  return Number(field(fields, name));
}

/** The same bytes with others at an offset, and with a right checksum. */
export function changed(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return summed(copy);
}

/** With a right checksum. */
export function summed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length < 10) return copy;
  copy[9] = 0;
  copy[9] = -copy.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return copy;
}

/** A table of the signature and the body, with a right length and checksum. */
export function made(signature: string, body: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(36 + body.length);
  bytes.set(Buffer.from(signature, "latin1"), 0);
  bytes.set(le(bytes.length, 4), 4);
  bytes.set(body, 36);
  return summed(bytes);
}

/** Little-endian bytes. */
export function le(value: number | bigint, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
}
