// The bytes of an ACPI table, or of a part of one, behind checks: what lies outside is a fault that says where and
// what. Knows nothing of what the bytes mean.
import type { Unread } from "../reading";

/** Something in a table that cannot be right. Readers catch it: it never leaves this folder. */
export class TableFault extends Error {
  /** `at` is a byte offset from the start of the table. */
  constructor(
    readonly at: number,
    readonly because: string,
  ) {
    super(because);
    this.name = "TableFault";
  }
}

/**
 * Little-endian numbers at offsets from the start of the whole table, also in a part of it, so that a fault names a
 * place that a person finds in a dump. `what` is the thing that is read, for the words of a fault.
 */
export class TableBytes {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    readonly start = 0,
    readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.end - this.start;
  }

  u8(at: number, what: string): number {
    return this.view.getUint8(this.checked(at, 1, what));
  }

  u16(at: number, what: string): number {
    return this.view.getUint16(this.checked(at, 2, what), true);
  }

  u32(at: number, what: string): number {
    return this.view.getUint32(this.checked(at, 4, what), true);
  }

  u64(at: number, what: string): bigint {
    return this.view.getBigUint64(this.checked(at, 8, what), true);
  }

  /** Text up to `length` bytes, ended by a zero byte where there is one; what is not printable ASCII becomes `?`. */
  text(at: number, length: number, what: string): string {
    const from = this.checked(at, length, what);
    const codes = [...this.bytes.subarray(from, from + length)];
    const zero = codes.indexOf(0);
    const used = zero < 0 ? codes : codes.slice(0, zero);
    return used.map((code) => (code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "?")).join("");
  }

  /** The bytes from `at` on, `length` of them. */
  part(at: number, length: number, what: string): TableBytes {
    return new TableBytes(this.bytes, this.checked(at, length, what), at + length);
  }

  private checked(at: number, length: number, what: string): number {
    if (at < this.start || at + length > this.end) {
      throw new TableFault(at, `${what} (${length} bytes) would pass the end at byte ${hexOffset(this.end)}`);
    }
    return at;
  }
}

/**
 * What `read` gives; a fault in it goes to `unread` and gives undefined. Any other error is not a table's and goes on.
 */
export function attempt<T>(where: string, unread: Unread[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TableFault)) throw error;
    unread.push(faultAt(where, error.at, error.because));
    return undefined;
  }
}

/** How a fault is said: `sys/firmware/acpi/tables/DMAR: at byte 0x30: …`. */
export function faultAt(where: string, at: number, because: string): Unread {
  return { where, because: `at byte ${hexOffset(at)}: ${because}` };
}

/** `0x30`. */
export function hexOffset(at: number): string {
  return `0x${at.toString(16)}`;
}
