// Bounds-checked reads from a device tree blob. Knows nothing of its structure.

/** What is wrong with a blob, and at which byte of it. */
export class BlobFault extends Error {
  constructor(
    readonly offset: number,
    readonly because: string,
  ) {
    super(`at byte 0x${offset.toString(16)}: ${because}`);
    this.name = "BlobFault";
  }
}

/**
 * Every name in a blob is short; longer ones come from damage. The specification allows 31 characters, real trees have
 * more.
 */
const NAME_LIMIT = 255;

/** A big-endian view of a stretch of a blob. Offsets are from the start of the blob. Reads past `end` are faults. */
export class BlobBytes {
  constructor(
    private readonly bytes: Uint8Array,
    readonly start: number,
    readonly end: number,
    /** What the stretch is, for messages: "the structure block". */
    private readonly what: string,
  ) {}

  u32(offset: number): number {
    this.check(offset, 4);
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes.subarray(offset, offset + 4);
    return a * 0x100_0000 + b * 0x1_0000 + c * 0x100 + d;
  }

  u64(offset: number): bigint {
    return (BigInt(this.u32(offset)) << 32n) | BigInt(this.u32(offset + 4));
  }

  slice(offset: number, length: number): Uint8Array {
    this.check(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  /** The printable text up to a zero byte, which must be there. */
  name(offset: number): string {
    this.check(offset, 1);
    let end = offset;
    while (end < this.end && this.bytes[end] !== 0) {
      const code = this.bytes[end] ?? 0;
      if (code < 0x20 || code > 0x7e) throw new BlobFault(end, `byte 0x${code.toString(16)} in a name`);
      if (end - offset >= NAME_LIMIT) throw new BlobFault(offset, `a name of more than ${NAME_LIMIT} characters`);
      end++;
    }
    if (end >= this.end) throw new BlobFault(offset, `a name that does not end inside ${this.what}`);
    return String.fromCharCode(...this.bytes.subarray(offset, end));
  }

  private check(offset: number, length: number): void {
    if (offset < this.start || offset > this.end || length > this.end - offset)
      throw new BlobFault(
        offset,
        `${length} bytes are wanted, but ${this.what} ends at byte 0x${this.end.toString(16)}`,
      );
  }
}
