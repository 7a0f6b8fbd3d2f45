// Reads the CEDT table: CXL host bridges and the fixed memory windows that are decoded to what is below them.
// Knows nothing of which host bridge of the PCI tree has which UID: that stands in AML.
import type { CapturedRange, Reading, Unread } from "../reading";
import { MIXED_HEAD, readEach, structuresOf } from "./structures";
import type { Structure } from "./structures";
import type { AcpiTable } from "./table";
import { HEADER_LENGTH } from "./table";
import { TableFault } from "./tableBytes";

/** Component registers, physical, inclusive. */
export interface CxlHostBridge extends CapturedRange {
  readonly uid: number;
}

/** Physical, inclusive. */
export interface CxlFixedWindow extends CapturedRange {
  /** UIDs of the host bridges that it is interleaved over, in the order of the interleave. */
  readonly targets: readonly number[];
  /** Bytes that go to one target at a time. */
  readonly granularity: bigint;
}

export interface Cedt {
  readonly hostBridges: readonly CxlHostBridge[];
  readonly windows: readonly CxlFixedWindow[];
}

const [CHBS, CFMWS] = [0, 1];

/** CXL specification 3.1, section 9.18.1: CHBS and CFMWS. */
export function readCedt(table: AcpiTable): Reading<Cedt> {
  const unread: Unread[] = [];
  const structures = structuresOf(table, table.bytes, HEADER_LENGTH, MIXED_HEAD, unread);
  const ofType = (type: number): Structure[] => structures.filter((structure) => structure.type === type);
  return {
    facts: {
      hostBridges: readEach(table, ofType(CHBS), unread, readHostBridge),
      windows: readEach(table, ofType(CFMWS), unread, readWindow),
    },
    unread,
  };
}

function readHostBridge({ at, bytes }: Structure): CxlHostBridge {
  const [base, length] = [bytes.u64(at + 16, "the registers' base"), bytes.u64(at + 24, "the registers' length")];
  return { uid: bytes.u32(at + 4, "the UID"), ...rangeOf(at + 16, base, length) };
}

function readWindow({ at, bytes }: Structure): CxlFixedWindow {
  const [base, size] = [bytes.u64(at + 8, "the window's base"), bytes.u64(at + 16, "the window's size")];
  const ways = waysOf(bytes.u8(at + 24, "the interleave ways"), at + 24);
  const granularity = bytes.u32(at + 28, "the granularity");
  if (granularity > 6) throw new TableFault(at + 28, `the granularity ${granularity} has no meaning`);
  const targets = Array.from({ length: ways }, (_, index) => bytes.u32(at + 36 + 4 * index, `target ${index}`));
  return { ...rangeOf(at + 8, base, size), targets, granularity: 256n << BigInt(granularity) };
}

/** Encoded ways: 0 to 4 are powers of two; 8, 9 and 10 are 3, 6 and 12. */
function waysOf(encoded: number, at: number): number {
  if (encoded <= 4) return 1 << encoded;
  if (encoded >= 8 && encoded <= 10) return 3 << (encoded - 8);
  throw new TableFault(at, `the interleave ways ${encoded} have no meaning`);
}

function rangeOf(at: number, base: bigint, size: bigint): CapturedRange {
  if (size === 0n || base + size > 1n << 64n) throw new TableFault(at, "the range is empty, or ends beyond 64 bits");
  return { base, last: base + size - 1n };
}
