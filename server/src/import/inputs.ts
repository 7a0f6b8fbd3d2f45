// Turns what the user named (folders, archives, single files, standard input) into the files of one capture.
// Finds out by content what an input is. Knows nothing of what the files say.
import { reasonOf } from "../host";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CaptureFile } from "../../../core/src/index";
import {
  CONFIG_LENGTHS, DEVICE_TREE_FILE, decodeText, looksLikeBlob, looksLikeText, readDeviceTree, recognizeText, unfitText,
} from "../../../core/src/index";
import type { Host } from "../host";
import { acpiTablePath, acpiTablesAmong, dumpedTables, furtherTablePath, isSilentTable, silentTablePath } from "./acpiFiles";
import { compiledTree } from "./deviceTreeSource";
import { ImportError } from "./importError";
import { looksLikeTar, readTar } from "./tar";

/** Bytes of one input, compressed or not, and of a whole capture. A capture of a large server has some 20 MiB. */
const BYTES_LIMIT = 256 << 20;
const FILES_LIMIT = 200_000;
const FOLDER_DEPTH = 12;
/** What marks the top of a capture. */
const TOP = new RegExp(
  "^(?:(.*)/)?(?:proc/(?:iomem|ioports|cmdline)|sys/(?:bus|class|kernel|firmware|devices)/.*|(?:lspci|dmesg|uname|iommu_groups)\\.txt)$",
);

/** What an import needs of the outside world. */
export type ImportHost = Pick<
  Host,
  "workingFolder" | "readFile" | "kindOf" | "listFolder" | "linkTarget" | "readStandardInput" | "run"
>;

export interface Inputs {
  readonly files: Map<string, CaptureFile>;
  readonly notes: string[];
}

/** Reads every input into one capture; a file that two inputs give is taken from the first. */
export function readInputs(inputs: readonly string[], host: ImportHost): Inputs {
  const gathered: Inputs = { files: new Map(), notes: [] };
  for (const input of inputs) {
    for (const [path, file] of readInput(input, host, gathered.notes)) {
      const free = gathered.files.has(path) ? furtherTablePath(path, gathered.files) : path;
      if (free !== undefined) gathered.files.set(free, file);
      else gathered.notes.push(`${input}: ${path} is there already; the first one counts`);
    }
  }
  return withoutSilentTables(gathered, inputs);
}

/** Tables that say nothing here are left out, in one sentence; an input of nothing else is refused. */
function withoutSilentTables({ files, notes }: Inputs, inputs: readonly string[]): Inputs {
  const silent = [...files.keys()].filter(isSilentTable);
  if (silent.length === 0) return { files, notes };
  const names = silent.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort().join(", ");
  const says = silent.length === 1 ? "says" : "say";
  const because = `${names} ${says} nothing of the memory map, of PCI or of IOMMUs`;
  if (silent.length === files.size) throw new ImportError(inputs[0] ?? "import", because);
  for (const path of silent) files.delete(path);
  return { files, notes: [...notes, `ACPI tables left out: ${because}`] };
}

function readInput(input: string, host: ImportHost, notes: string[]): Map<string, CaptureFile> {
  if (input === "-")
    return readBytes(
      compiledTree(attempt("standard input", () => host.readStandardInput()), "standard input", host, host.workingFolder),
      "standard input",
      notes,
    );
  const path = resolve(host.workingFolder, input);
  const kind = attempt(input, () => host.kindOf(path));
  if (kind === undefined) throw new ImportError(input, "there is no such file or folder");
  if (kind === "other") throw new ImportError(input, "it is neither a file nor a folder");
  const folder = kind === "folder" || (kind === "link" && isFolderBehind(path, host));
  return folder
    ? readFolder(path, input, host)
    : readBytes(
        compiledTree(attempt(input, () => host.readFile(path)), input, host, dirname(path)),
        input,
        notes,
      );
}

/** A path that the user names may be a link to a folder; links inside a capture are never followed. */
function isFolderBehind(path: string, host: ImportHost): boolean {
  try {
    host.listFolder(path);
    return true;
  } catch {
    return false;
  }
}

function readFolder(folder: string, input: string, host: ImportHost): Map<string, CaptureFile> {
  const files = new Map<string, CaptureFile>();
  let bytes = 0;
  const open: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const name of attempt(input, () => host.listFolder(join(folder, next?.path ?? "")))) {
      const path = next.path === "" ? name : `${next.path}/${name}`;
      const kind = host.kindOf(join(folder, path));
      if (kind === "folder" && next.depth < FOLDER_DEPTH) open.push({ path, depth: next.depth + 1 });
      const file = readEntry(kind, join(folder, path), `${input}/${path}`, host);
      if (file) files.set(path, file);
      bytes += file?.kind === "file" ? file.bytes.length : 0;
      if (files.size > FILES_LIMIT || bytes > BYTES_LIMIT)
        throw new ImportError(input, "it is too large for a capture");
    }
  }
  return underTop(files, input);
}

function readEntry(
  kind: ReturnType<ImportHost["kindOf"]>,
  path: string,
  where: string,
  host: ImportHost,
): CaptureFile | undefined {
  if (kind === "link") return { kind: "link", target: attempt(where, () => host.linkTarget(path)) };
  return kind === "file" ? { kind: "file", bytes: attempt(where, () => host.readFile(path)) } : undefined;
}

function readBytes(raw: Uint8Array, where: string, notes: string[]): Map<string, CaptureFile> {
  if (raw.length > BYTES_LIMIT) throw new ImportError(where, "it is too large for a capture");
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? unzip(raw, where) : raw;
  if (looksLikeTar(bytes)) return readArchive(bytes, where, notes);
  const dumped = dumpedTables(bytes, where);
  if (dumped) return dumped;
  return new Map([[pathOf(bytes, where, notes), { kind: "file", bytes }]]);
}

function readArchive(bytes: Uint8Array, where: string, notes: string[]): Map<string, CaptureFile> {
  const { files, complete } = readTar(bytes, where);
  if (!complete) notes.push(`${where}: the archive has no end mark: it may have been cut short`);
  return underTop(files, where);
}

/** The path that a single file would have in a capture. */
function pathOf(bytes: Uint8Array, where: string, notes: string[]): string {
  if (bytes.length === 0) throw new ImportError(where, "it is empty");
  if (looksLikeBlob(bytes)) return deviceTreePath(bytes, where);
  const table = acpiTablePath(bytes, where);
  if (table !== undefined) return table;
  const silent = silentTablePath(bytes);
  if (silent !== undefined) return silent;
  if (CONFIG_LENGTHS.includes(bytes.length) && !looksLikeText(bytes)) return configPath(where, notes);
  const text = looksLikeText(bytes) ? decodeText(bytes) : "";
  const path = recognizeText(text);
  if (path) return path;
  const unfit = unfitText(text);
  if (unfit !== undefined) throw new ImportError(where, unfit);
  throw new ImportError(
    where,
    "it is none of: a capture folder, a .tar or .tar.gz of one, /proc/iomem, the text of lspci -vvv or lspci -xxxx, " +
      "a configuration space file of 64, 256 or 4096 bytes, a device tree (.dtb, or .dts where dtc is installed), an ACPI table, the text of acpidump, a listing of /sys/kernel/iommu_groups, a kernel log",
  );
}

/** A blob that is named by itself has to be whole: there is nothing else to describe. */
function deviceTreePath(bytes: Uint8Array, where: string): string {
  const { fault } = readDeviceTree(bytes, where);
  if (fault !== undefined) throw new ImportError(where, `damaged device tree blob: ${fault}`);
  return DEVICE_TREE_FILE;
}

/** A configuration space file does not say whose it is; in sysfs its folder does. */
function configPath(where: string, notes: string[]): string {
  const address = /([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])/i.exec(where.replace(/\\/g, "/"))?.[1];
  if (!address)
    notes.push(`${where}: the file's path does not tell the PCI address; 0000:00:00.0 is written in its place`);
  return `sys/bus/pci/devices/${(address ?? "0000:00:00.0").toLowerCase()}/config`;
}

function unzip(bytes: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: BYTES_LIMIT });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImportError(where, `the compressed data cannot be read (${reason})`);
  }
}

/** The files below the capture's top folder, which an archive may have in front of every path. */
function underTop(files: ReadonlyMap<string, CaptureFile>, where: string): Map<string, CaptureFile> {
  const plain = new Map([...files].map(([path, file]) => [plainPath(path), file]));
  const tops = new Set([...plain.keys()].flatMap((path) => (path === undefined ? [] : topOf(path))));
  if (tops.size > 1)
    throw new ImportError(where, `it holds several captures (${[...tops].sort().slice(0, 3).join(", ")}, …); name one`);
  const [top] = tops;
  if (top === undefined) {
    const named = [...plain].flatMap(([path, file]) => (path === undefined ? [] : [[path, file] as const]));
    const tables = acpiTablesAmong(new Map(named), where);
    if (tables) return tables;
    throw new ImportError(
      where,
      "it holds nothing of a capture: no proc/iomem, no sys/…, no lspci.txt, no dmesg.txt, no ACPI tables",
    );
  }
  const prefix = top === "" ? "" : `${top}/`;
  return new Map(
    [...plain].flatMap(([path, file]) =>
      path?.startsWith(prefix) ? [[path.slice(prefix.length), file] as const] : [],
    ),
  );
}

function topOf(path: string): string[] {
  const parts = TOP.exec(path);
  return parts ? [parts[1] ?? ""] : [];
}

/** Without leading `./` and `/`; undefined for a path that climbs: such files are in no capture. */
function plainPath(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}

function attempt<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new ImportError(where, `it cannot be read (${reasonOf(error)})`);
  }
}
