// Reads a tar archive in memory: regular files and symbolic links by path. Formats: ustar (POSIX 1003.1), GNU long
// names, pax paths. Every offset is checked. Knows nothing of compression, and writes nothing anywhere: hostile paths
// are only names.
import { ImportError } from "./importError";
import type { CaptureFile } from "../../../core/src/index";
import { decodeText } from "../../../core/src/index";

const BLOCK = 512;
const ENTRY_LIMIT = 200_000;

interface Header {
  readonly path: string;
  readonly size: number;
  readonly type: string;
  readonly target: string;
}

/** What extended headers say of the entry that follows them. */
interface Override {
  path?: string;
  target?: string;
  size?: number;
}

/** True when the first block is a tar header: its checksum is right. */
export function looksLikeTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && bytes[0] !== 0 && hasRightChecksum(bytes.subarray(0, BLOCK));
}

export interface Archive {
  readonly files: Map<string, CaptureFile>;
  /** The archive has its end mark. Without one it may have been cut between two entries. */
  readonly complete: boolean;
}

/**
 * The files and links in the archive. Folders, devices and the like are passed over. Throws ImportError where the
 * archive is damaged.
 */
export function readTar(bytes: Uint8Array, where: string): Archive {
  const files = new Map<string, CaptureFile>();
  let override: Override = {};
  let entries = 0;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return { files, complete: true };
    if (!hasRightChecksum(block))
      throw new ImportError(where, `damaged archive: the header at byte ${at} has a wrong checksum`);
    if (++entries > ENTRY_LIMIT) throw new ImportError(where, `more than ${ENTRY_LIMIT} entries`);
    const header = readHeader(block, override, where, at);
    const body = at + BLOCK;
    if (body + header.size > bytes.length)
      throw new ImportError(where, `the archive ends inside ${JSON.stringify(header.path)}, at byte ${bytes.length}`);
    const data = bytes.subarray(body, body + header.size);
    const next = readExtended(header.type, data);
    if (next) override = { ...override, ...next };
    else {
      override = {};
      addEntry(files, header, data);
    }
    at = body + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  if (bytes.length % BLOCK !== 0 || entries === 0)
    throw new ImportError(where, `the archive ends inside a header, at byte ${bytes.length}`);
  return { files, complete: false };
}

function addEntry(files: Map<string, CaptureFile>, header: Header, data: Uint8Array): void {
  if (header.type === "0" || header.type === "\0" || header.type === "7")
    files.set(header.path, { kind: "file", bytes: data });
  else if (header.type === "2") files.set(header.path, { kind: "link", target: header.target });
  else if (header.type === "1") {
    const original = files.get(header.target);
    if (original) files.set(header.path, original);
  }
}

function readHeader(block: Uint8Array, override: Override, where: string, at: number): Header {
  const size = override.size ?? readNumber(block.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0)
    throw new ImportError(where, `damaged archive: the header at byte ${at} has no size`);
  const prefix = textOf(block.subarray(257, 262)) === "ustar" ? textOf(block.subarray(345, 500)) : "";
  const name = textOf(block.subarray(0, 100));
  return {
    path: override.path ?? (prefix === "" ? name : `${prefix}/${name}`),
    size,
    type: String.fromCharCode(block[156] ?? 0),
    target: override.target ?? textOf(block.subarray(157, 257)),
  };
}

/**
 * GNU `L` and `K`: the next entry's path or target; pax `x`: both, and its size; pax `g`: nothing that matters here.
 */
function readExtended(type: string, data: Uint8Array): Override | undefined {
  if (type === "L") return { path: textOf(data) };
  if (type === "K") return { target: textOf(data) };
  if (type === "g") return {};
  return type === "x" ? readPax(decodeText(data)) : undefined;
}

/** Records `LENGTH key=value\n`. */
function readPax(text: string): Override {
  const values = new Map(
    [...text.matchAll(/\d+ ([^=\n]+)=([^\n]*)\n/g)].map((record) => [record[1] ?? "", record[2] ?? ""]),
  );
  const [path, target, size] = [values.get("path"), values.get("linkpath"), values.get("size")];
  return {
    ...(path !== undefined && { path }),
    ...(target !== undefined && { target }),
    ...(size !== undefined && { size: Number(size) }),
  };
}

/** Octal digits, or GNU's binary form with the top bit set. */
function readNumber(field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) !== 0)
    return field.reduce((value, byte, index) => value * 256 + (index === 0 ? byte & 0x7f : byte), 0);
  const text = textOf(field).trim();
  return text === "" ? 0 : /^[0-7]+$/.test(text) ? parseInt(text, 8) : NaN;
}

/** The sum of the header's bytes with the checksum's own field taken as blanks. */
function hasRightChecksum(block: Uint8Array): boolean {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return sum === readNumber(block.subarray(148, 156));
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decodeText(end < 0 ? field : field.subarray(0, end));
}
