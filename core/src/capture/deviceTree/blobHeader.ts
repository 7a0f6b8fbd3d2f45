// The header of a flattened device tree: where its blocks lie. Knows nothing of what is in them.
import { BlobBytes, BlobFault } from "./blobBytes";

export const BLOB_MAGIC = 0xd00dfeed;
const HEADER_SIZE = 40;
const HEADER_SIZE_16 = 36;
/** Twenty times the largest tree of a real board. */
const SIZE_LIMIT = 32 << 20;

/** The blocks of a blob, each a view that ends where the block ends. */
export interface BlobBlocks {
  readonly reservations: BlobBytes;
  readonly structure: BlobBytes;
  readonly strings: BlobBytes;
  /** The size that the header states, where the bytes end before it. */
  readonly missingFrom: number | undefined;
}

/** True when the bytes begin as a device tree blob does. */
export function looksLikeBlob(bytes: Uint8Array): boolean {
  return bytes[0] === 0xd0 && bytes[1] === 0x0d && bytes[2] === 0xfe && bytes[3] === 0xed;
}

/**
 * Reads the header (Devicetree Specification 0.4, 5.2). Versions 16 and 17 are read: 16 lacks the size of the structure
 * block, which then ends with the blob. Throws BlobFault.
 */
export function readBlobHeader(bytes: Uint8Array): BlobBlocks {
  if (!looksLikeBlob(bytes))
    throw new BlobFault(0, "it does not begin with the magic number of a device tree blob, d00dfeed");
  const header = new BlobBytes(bytes, 0, Math.min(bytes.length, HEADER_SIZE), "the header");
  const stated = header.u32(4);
  const version = header.u32(20);
  checkVersion(version, header.u32(24));
  if (stated < (version >= 17 ? HEADER_SIZE : HEADER_SIZE_16))
    throw new BlobFault(4, `a size of ${stated} bytes, less than the header has`);
  if (stated > SIZE_LIMIT) throw new BlobFault(4, `a size of ${stated} bytes; more than ${SIZE_LIMIT} are not read`);
  const end = Math.min(stated, bytes.length);
  const block = (what: string, at: number, size: number | undefined, alignment: number): BlobBytes =>
    blockOf(bytes, header, { what, at, size, alignment, end });
  return {
    reservations: block("the memory reservation block", 16, undefined, 8),
    structure: block("the structure block", 8, version >= 17 ? header.u32(36) : undefined, 4),
    strings: block("the strings block", 12, header.u32(32), 1),
    missingFrom: stated > bytes.length ? stated : undefined,
  };
}

function checkVersion(version: number, compatible: number): void {
  if (version < 16) throw new BlobFault(20, `version ${version}; versions 16 and 17 are read`);
  if (compatible > 17)
    throw new BlobFault(24, `it can be read only by readers of version ${compatible}; this one reads 16 and 17`);
}

interface BlockPlace {
  readonly what: string;
  /** The offset of the header field that says where the block begins. */
  readonly at: number;
  readonly size: number | undefined;
  readonly alignment: number;
  /** The end of the blob. */
  readonly end: number;
}

function blockOf(bytes: Uint8Array, header: BlobBytes, { what, at, size, alignment, end }: BlockPlace): BlobBytes {
  const start = header.u32(at);
  const begins = `${what} begins at byte 0x${start.toString(16)}`;
  if (start < HEADER_SIZE_16 || start > end) throw new BlobFault(at, `${begins}, outside of the blob`);
  if (start % alignment !== 0) throw new BlobFault(at, `${begins}, which is not a multiple of ${alignment}`);
  if (size !== undefined && size > end - start)
    throw new BlobFault(at, `${begins} and has ${size} bytes: it passes the end, 0x${end.toString(16)}`);
  return new BlobBytes(bytes, start, size === undefined ? end : start + size, what);
}
