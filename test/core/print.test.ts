// How addresses, sizes and ranges are written: exact where they are read again, never rounded up where they are for people.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AddressRange } from "../../core/src/index";
import { address, ADDRESS_LIMIT, parseAddress, parseSize, printAddress, printPlainAddress, printRange, printRangeAndSize, printSize, printSizeLiteral } from "../../core/src/index";
import { below, forAll } from "./repeatable";

describe("printing", () => {
  it("groups addresses by four digits from the right", () => {
    const written = [0n, 0xfffn, 0xffffn, 0x1_0000n, 0xfee0_0000n, 0x8_0000_0000n, ADDRESS_LIMIT - 1n].map(printAddress);
    assert.deepEqual(written, ["0x0", "0xfff", "0xffff", "0x1_0000", "0xfee0_0000", "0x8_0000_0000", "0xffff_ffff_ffff_ffff"]);
    assert.equal(printPlainAddress(0x8_0000_0000n), "0x800000000");
  });

  it("gives ranges their last byte", () => {
    const range = (base: bigint, end: bigint): AddressRange<"pa"> => ({ base: address(base), end: address(end) });
    assert.equal(printRange(range(0x0800_0000n, 0x0810_0000n)), "0x0800_0000-0x080f_ffff");
    assert.equal(printRangeAndSize(range(0n, ADDRESS_LIMIT)), "0x0-0xffff_ffff_ffff_ffff (16 EiB)");
  });

  const sizes: readonly (readonly [bytes: bigint, text: string])[] = [
    [0n, "0 bytes"], [1n, "1 byte"], [1023n, "1023 bytes"], [1024n, "1 KiB"], [1536n, "1.5 KiB"], [1025n, "about 1 KiB"], [1126n, "about 1 KiB"], [1127n, "about 1.1 KiB"],
    [(1n << 20n) - 1n, "about 1023.9 KiB"], [2n << 20n, "2 MiB"], [(1n << 30n) - 1n, "about 1023.9 MiB"], [3n << 29n, "1.5 GiB"], [1n << 63n, "8 EiB"], [ADDRESS_LIMIT - 1n, "about 15.9 EiB"], [ADDRESS_LIMIT, "16 EiB"],
  ];
  for (const [bytes, text] of sizes) it(`says ${text} for ${bytes}`, () => assert.equal(printSize(bytes), text));

  it("never rounds a size up, and says about when it is not all", () => {
    forAll([fc.oneof(below(64), fc.bigInt({ min: 1n, max: 1n << 24n }))], (bytes) => {
      const [, about, whole = "", tenth = "0", unit = ""] = /^(about )?(\d+)(?:\.(\d))? (bytes?|[KMGTPE]iB)$/.exec(printSize(bytes)) ?? [];
      const power = 1024n ** BigInt("BKMGTPE".indexOf(unit === "bytes" || unit === "byte" ? "B" : unit.charAt(0)));
      const said = BigInt(whole) * 10n + BigInt(tenth);
      assert.ok(said * power <= bytes * 10n && bytes * 10n < (said + 1n) * power, printSize(bytes));
      assert.equal(about === undefined, said * power === bytes * 10n, printSize(bytes));
      assert.ok(BigInt(whole) < 1024n || unit === "EiB");
    });
  });

  it("writes literals that are read as the same value", () => {
    forAll([below(64)], (value) => {
      assert.equal(parseAddress(printAddress(value)), value);
      assert.equal(parseAddress(printPlainAddress(value)), value);
      assert.equal(parseSize(printSizeLiteral(value)), value);
    });
    assert.equal(parseSize(printSizeLiteral(ADDRESS_LIMIT)), ADDRESS_LIMIT);
  });

  it("writes round sizes in units, and others in hexadecimal", () => {
    assert.deepEqual([4096n, 1n << 21n, 3n << 30n, 6n << 40n, 0x200n, 0x1001n].map(printSizeLiteral), ["4K", "2M", "3G", "6T", "0x200", "0x1001"]);
  });
});
