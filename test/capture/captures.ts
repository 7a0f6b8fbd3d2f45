// The captures of running machines in test/captures: imported, unpacked with the system's tar, and their documents as
// plain values. Knows nothing of what is expected of them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse, type ParseError } from "jsonc-parser";
import { importPlatform, type ImportedPlatform } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { repositoryRoot } from "../repositoryRoot";
import { temporaryFolder } from "../temporaryFolder";

/** A document as JSON gives it. Tests look only at what they name. */
export interface PlatformDocument {
  readonly platform: string;
  readonly arch?: string;
  readonly physicalAddressBits?: number | "unknown";
  readonly pageSize?: string;
  readonly memory?: readonly RangeEntry[];
  readonly devices?: readonly RangeEntry[];
  readonly reserved?: readonly RangeEntry[];
  readonly doorbells?: readonly RangeEntry[];
  readonly iommus?: readonly (Partial<RangeEntry> & IommuEntry)[];
  readonly pci?: readonly BridgeEntry[];
  readonly captured: CapturedEntry;
}

export interface RangeEntry {
  readonly name: string;
  readonly base?: string;
  readonly size?: string;
  readonly ranges?: readonly string[];
  readonly type?: string;
  readonly in?: string;
  readonly node?: number;
  readonly noMap?: boolean;
  readonly origin?: string;
}

export interface IommuEntry {
  readonly name: string;
  readonly type: string;
  readonly at?: string;
}

export interface WindowEntry {
  readonly type: string;
  readonly cpu?: string;
  readonly bus?: string;
  readonly size: string;
}

export interface BridgeEntry {
  readonly name: string;
  readonly segment: number;
  readonly buses: string;
  readonly config: "unknown" | { readonly base?: string; readonly size?: string; readonly type: string };
  readonly windows: "unknown" | readonly WindowEntry[];
  readonly iommu: unknown;
  readonly msi: unknown;
  readonly devices?: readonly FunctionEntry[];
}

export interface FunctionEntry {
  readonly at: string;
  readonly type: string;
  readonly id?: string;
  readonly class?: string;
  readonly buses?: string;
  readonly multifunction?: boolean;
  readonly driver?: string;
  readonly acs?: "none" | "unknown" | { readonly capable: string; readonly enabled: string };
  readonly windows?: "unknown" | readonly WindowEntry[];
  readonly bars?:
    | "unknown"
    | readonly { readonly bar: number; readonly base?: string; readonly size: string; readonly type: string }[];
  readonly msi?: "unknown" | { readonly address64: boolean; readonly vectors: number; readonly msix?: boolean };
  readonly ats?: boolean;
  readonly virtual?: boolean;
  readonly devices?: readonly FunctionEntry[];
}

export interface CapturedEntry {
  readonly kernel?: string;
  readonly commandLine?: string;
  readonly source: string;
  readonly groups?: readonly {
    readonly id: number;
    readonly type?: string;
    readonly devices: readonly string[];
    readonly reserved?: readonly { readonly range: string; readonly type: string }[];
  }[];
  readonly iommus?: Readonly<Record<string, readonly string[]>>;
  readonly firmwareMap?: readonly { readonly range: string; readonly type: string; readonly source: string }[];
}

const archives = path.join(repositoryRoot, "test/captures");

/** The names of all captures. */
export const captureNames: readonly string[] = fs
  .readdirSync(archives)
  .filter((file) => file.endsWith(".tar.gz"))
  .map((file) => file.replace(/\.tar\.gz$/, ""))
  .sort();

export function archiveOf(name: string): string {
  return path.join(archives, `${name}.tar.gz`);
}

const imported = new Map<string, ImportedPlatform>();

/** A capture's archive, imported; each once. */
export function importCapture(name: string): ImportedPlatform {
  const platform = imported.get(name) ?? importPlatform([archiveOf(name)], nodeHost);
  imported.set(name, platform);
  return platform;
}

/** The values of a document, its addresses as plain numbers (`0x8080000`): how they are grouped is not looked at here. */
export function documentOf(text: string): PlatformDocument {
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { disallowComments: false, allowTrailingComma: false });
  assert.deepEqual(errors, [], "the text is JSON with comments");
  return plainAddresses(document) as PlatformDocument;
}

function plainAddresses(value: unknown): unknown {
  if (typeof value === "string" && /^0x[0-9a-f_]+(-0x[0-9a-f_]+)?$/.test(value)) {
    return value.replaceAll("_", "").replace(/0x0+(?=[0-9a-f])/g, "0x");
  }
  if (Array.isArray(value)) return value.map(plainAddresses);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainAddresses(inner)]));
}

export function captureDocument(name: string): PlatformDocument {
  return documentOf(importCapture(name).text);
}

/** Imports paths as a person would name them. */
export function importPaths(...paths: readonly string[]): { platform: ImportedPlatform; document: PlatformDocument } {
  const platform = importPlatform(paths, nodeHost);
  return { platform, document: documentOf(platform.text) };
}

/** A capture's files in a new folder, unpacked by the system's tar. */
export function unpack(name: string): string {
  const folder = path.join(temporaryFolder(), name);
  fs.mkdirSync(folder);
  execFileSync("tar", ["-xzf", archiveOf(name), "-C", folder]);
  const inner = fs.readdirSync(folder);
  return inner.length === 1 && inner[0] !== undefined && inner[0] !== "proc" ? path.join(folder, inner[0]) : folder;
}

const unpacked = new Map<string, string>();

/**
 * The text of a file of a capture; empty when it has no such file. The folder is unpacked once, and is not to be
 * changed.
 */
export function capturedText(name: string, file: string): string {
  const known = unpacked.get(name);
  const folder = known !== undefined && fs.existsSync(known) ? known : unpack(name);
  unpacked.set(name, folder);
  const where = path.join(folder, file);
  return fs.existsSync(where) ? fs.readFileSync(where, "latin1") : "";
}

/** The folder of `capturedText`. */
export function capturedFolder(name: string): string {
  capturedText(name, "uname.txt");
  return unpacked.get(name) ?? "";
}

/** Every function of a document, with the functions above it, outermost first. */
export function functionsOf(
  document: PlatformDocument,
): { entry: FunctionEntry; above: readonly FunctionEntry[]; bridge: BridgeEntry }[] {
  const found: { entry: FunctionEntry; above: readonly FunctionEntry[]; bridge: BridgeEntry }[] = [];
  const visit = (
    entries: readonly FunctionEntry[] | undefined,
    above: readonly FunctionEntry[],
    bridge: BridgeEntry,
  ): void => {
    for (const entry of entries ?? []) {
      found.push({ entry, above, bridge });
      visit(entry.devices, [...above, entry], bridge);
    }
  };
  for (const bridge of document.pci ?? []) visit(bridge.devices, [], bridge);
  return found;
}

/** The function at an address without segment. */
export function functionAt(document: PlatformDocument, at: string): FunctionEntry {
  const found = functionsOf(document).find(({ entry }) => entry.at === at);
  assert.ok(found, `there is a function at ${at}`);
  return found.entry;
}

/** The value of an address or size literal, worked out apart from the product's own reader. */
export function valueOf(literal: string | undefined): bigint {
  const parts = /^(0x[0-9a-f_]+|[0-9]+)([KMGT]?)$/i.exec(literal ?? "");
  assert.ok(parts, `${literal} is a literal`);
  return BigInt((parts[1] ?? "").replaceAll("_", "")) * 1024n ** BigInt(" KMGT".indexOf(parts[2] || " "));
}

/** First and last byte of an entry, as `fe000000-fe1fffff`. */
export function span(base: string | undefined, size: string | undefined): string {
  return `${valueOf(base).toString(16)}-${(valueOf(base) + valueOf(size) - 1n).toString(16)}`;
}

/** `fe000000-fe1fffff` from a text with or without leading zeros. */
export function plainSpan(text: string): string {
  return text
    .replace(/0x/g, "")
    .split("-")
    .map((end) => BigInt(`0x${end}`).toString(16))
    .join("-");
}
