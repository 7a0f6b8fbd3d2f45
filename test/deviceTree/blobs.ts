// The blobs of QEMU's machines, what the reference compiler makes of them, and blobs that tests make. Knows nothing of
// what is expected of them.
import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { importPlatform, type ImportedPlatform, type ImportHost } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { documentOf, type PlatformDocument } from "../capture/captures";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "test/deviceTree/blobs");

/** The names of all machines. */
export const machines: readonly string[] = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith(".dtb.gz"))
  .map((file) => file.replace(/\.dtb\.gz$/, ""));

export function blobOf(machine: string): Buffer {
  return gunzipSync(fs.readFileSync(path.join(folder, `${machine}.dtb.gz`)));
}

/** dtc's text of the machine's blob. */
export function sourceOf(machine: string): string {
  return gunzipSync(fs.readFileSync(path.join(folder, `${machine}.dts.gz`))).toString("latin1");
}

/** Imports a blob as standard input. */
export function importBlob(blob: Uint8Array): ImportedPlatform {
  const host: ImportHost = { ...nodeHost, readStandardInput: () => blob };
  return importPlatform(["-"], host);
}

export function documentOfBlob(blob: Uint8Array): PlatformDocument {
  return documentOf(importBlob(blob).text);
}

/** A node for `makeBlob`. Numbers are cells, texts end with a zero byte; `child@1` keys with objects are nodes. */
export interface Tree {
  readonly [name: string]: Tree | string | readonly (number | string)[] | Uint8Array | true;
}

export interface BlobOptions {
  readonly version?: 16 | 17;
  readonly reservations?: readonly (readonly [base: bigint, size: bigint])[];
}

/** A flattened device tree (Devicetree Specification 0.4, chapter 5), written apart from the product's reader. */
export function makeBlob(tree: Tree, { version = 17, reservations = [] }: BlobOptions = {}): Buffer {
  const strings = new Map<string, number>();
  let text = "";
  const offsetOf = (name: string): number => {
    const known = strings.get(name);
    if (known !== undefined) return known;
    strings.set(name, text.length);
    text += `${name}\0`;
    return text.length - name.length - 1;
  };
  const structure = Buffer.concat([nodeBytes("", tree, offsetOf), cells(9)]);
  const header = version === 17 ? 40 : 36;
  const reservationStart = 40;
  const block = Buffer.concat(
    [...reservations, [0n, 0n] as const].map(([base, size]) => Buffer.concat([long(base), long(size)])),
  );
  const structureStart = reservationStart + block.length;
  const stringsStart = structureStart + structure.length;
  const total = stringsStart + text.length;
  const start = cells(
    0xd00dfeed,
    total,
    structureStart,
    stringsStart,
    reservationStart,
    version,
    16,
    0,
    text.length,
    structure.length,
  );
  return Buffer.concat([
    start.subarray(0, header),
    Buffer.alloc(reservationStart - header),
    block,
    structure,
    Buffer.from(text),
  ]);
}

/** Big-endian cells. */
export function cells(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function nodeBytes(name: string, tree: Tree, offsetOf: (name: string) => number): Buffer {
  const parts: Buffer[] = [cells(1), padded(Buffer.from(`${name}\0`))];
  for (const [key, value] of Object.entries(tree)) {
    if (isTree(value)) continue;
    const bytes = valueBytes(value);
    parts.push(cells(3, bytes.length, offsetOf(key)), padded(bytes));
  }
  for (const [key, value] of Object.entries(tree)) if (isTree(value)) parts.push(nodeBytes(key, value, offsetOf));
  return Buffer.concat([...parts, cells(2)]);
}

function isTree(value: Tree[string]): value is Tree {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function valueBytes(value: Exclude<Tree[string], Tree>): Buffer {
  if (value === true) return Buffer.alloc(0);
  if (typeof value === "string") return Buffer.from(`${value}\0`);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.concat(value.map((one) => (typeof one === "number" ? cells(one) : Buffer.from(`${one}\0`))));
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
