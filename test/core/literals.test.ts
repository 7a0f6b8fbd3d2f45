// Literals as people write them: addresses, sizes, ranges, names, PCI addresses, ids, ACS bits. A line a text.
import assert from "node:assert/strict";
import {
  ADDRESS_LIMIT, hasAmbiguousUnit, isUnprefixed, isUntidyAddress, nameFault, parseAcsBits, parseAddress, parseBounds, parseBusRange, parseIdRange, parsePciAddress, parseSize,
  printBusRange, printPciAddress, printShortPciAddress, requesterId,
} from "../../core/src/index";

const TOP = ADDRESS_LIMIT - 1n;

describe("an address literal", () => {
  const values: Record<string, bigint> = {
    "0x0": 0n,
    "0x8_0000_0000": 0x8_0000_0000n,
    "0x800000000": 0x8_0000_0000n,
    "0X8_0000_0000": 0x8_0000_0000n,
    "0xFEE0_0000": 0xfee0_0000n,
    "0xfEe0_0000": 0xfee0_0000n,
    "0x0000_0000_0000_0001": 1n,
    "0x1f_ffff_ffff_ffff": (1n << 53n) - 1n,
    "0x20_0000_0000_0000": 1n << 53n,
    "0x20_0000_0000_0001": (1n << 53n) + 1n,
    "0x0fff_ffff_ffff_ffff": (1n << 60n) - 1n,
    "0xffff_ffff_ffff_ffff": TOP,
    "0x0_ffff_ffff_ffff_ffff": TOP,
    "18446744073709551615": TOP,
    "4096": 4096n,
    "1_000": 1000n,
  };
  for (const [text, value] of Object.entries(values)) it(`${text} is exact`, () => assert.equal(parseAddress(text), value));

  const faults: Record<string, string> = {
    "0x1_0000_0000_0000_0000": "it needs more than 64 bits",
    "18446744073709551616": "it needs more than 64 bits",
    "": "it is not written like 0x8000_0000",
    "0x": "it is not written like 0x8000_0000",
    "0x_8000": "it is not written like 0x8000_0000",
    "0x8000_": "it is not written like 0x8000_0000",
    "0x8000__0000": "it is not written like 0x8000_0000",
    "0x8000 0000": "it is not written like 0x8000_0000",
    " 0x8000": "it is not written like 0x8000_0000",
    "-0x8000": "it is not written like 0x8000_0000",
    "0x80g0": "it is not written like 0x8000_0000",
    "0b1000": "hexadecimal digits need 0x in front",
    "64K": "it is not written like 0x8000_0000",
    "0x８０００": "it is not written like 0x8000_0000",
    "fee00000": "hexadecimal digits need 0x in front",
  };
  for (const [text, because] of Object.entries(faults)) it(`"${text}" is none: ${because}`, () => assert.equal(faultOf(parseAddress(text)), because));

  it("that lacks only its 0x is offered with it", () => {
    assert.deepEqual(parseAddress("fee00000"), { because: "hexadecimal digits need 0x in front", suggestion: "0xfee0_0000" });
    assert.deepEqual(parseAddress("fee0_0000"), { because: "hexadecimal digits need 0x in front", suggestion: "0xfee0_0000" });
  });

  it("of digits alone could be decimal or hexadecimal", () => {
    assert.deepEqual(["80000000", "1_0", "0x10", "f0"].map(isUnprefixed), [true, true, false, false]);
  });

  it("is untidy with six zeros in a row, or letters of both cases", () => {
    assert.deepEqual(["0x800000000", "0x8000_0000", "0xfEE0_0000", "0xFEE0_0000", "0x8_00000000", "0x80_0000"].map(isUntidyAddress), [true, false, true, false, false, false]);
    assert.deepEqual(["0x80000000", "0x00000000", "0x880000000", "0x123456789"].map(isUntidyAddress), [false, false, true, false], "eight digits are read at a glance");
  });
});

describe("a size literal", () => {
  const values: Record<string, bigint> = {
    "0": 0n, "1": 1n, "4096": 4096n, "1_024": 1024n, "64K": 65536n, "64k": 65536n, "64KiB": 65536n, "64 KiB": 65536n, "64kib": 65536n,
    "2M": 1n << 21n, "3M": 3n << 20n, "512M": 1n << 29n, "1000M": 1000n << 20n, "16G": 1n << 34n, "1T": 1n << 40n, "4P": 1n << 52n, "1E": 1n << 60n, "15E": 15n << 60n,
    "0x1000": 4096n, "0x1_0000": 65536n, "0X1000": 4096n, "64KB": 65536n, "100B": 100n,
    "16E": ADDRESS_LIMIT,
    "0x1_0000_0000_0000_0000": ADDRESS_LIMIT,
    "18446744073709551616": ADDRESS_LIMIT,
  };
  for (const [text, value] of Object.entries(values)) it(`${text} is ${value} bytes`, () => assert.equal(parseSize(text), value));

  const faults: Record<string, string> = {
    "": "it is not written like 64K, 2M or 0x1000",
    K: "it is not written like 64K, 2M or 0x1000",
    "64Q": "it is not written like 64K, 2M or 0x1000",
    "-64K": "it is not written like 64K, 2M or 0x1000",
    "0x10K": "it is not written like 64K, 2M or 0x1000",
    "64K ": "it is not written like 64K, 2M or 0x1000",
    "1.5M": "a size has no fraction",
    "17E": "it is larger than a 64-bit space",
    "0x1_0000_0000_0000_0001": "it is larger than a 64-bit space",
    "18446744073709551617": "it is larger than a 64-bit space",
  };
  for (const [text, because] of Object.entries(faults)) it(`"${text}" is none: ${because}`, () => assert.equal(faultOf(parseSize(text)), because));

  it("with a fraction is offered without, where that is exact", () => {
    assert.deepEqual(parseSize("1.5G"), { because: "a size has no fraction", suggestion: "1536M" });
    assert.deepEqual(parseSize("0.5K"), { because: "a size has no fraction", suggestion: "0x200" });
    assert.deepEqual(parseSize("0.1K"), { because: "a size has no fraction" });
  });

  it("in KB or MB means two things", () => {
    assert.deepEqual(["64KB", "2MB", "2mb", "2 GB", "64K", "64KiB", "64B", "0xAB"].map(hasAmbiguousUnit), [true, true, true, true, false, false, false, false]);
  });
});

describe("a range literal", () => {
  it("has both ends inclusive", () => {
    assert.deepEqual(parseBounds("0x0800_0000-0x080f_ffff"), { first: 0x800_0000n, last: 0x80f_ffffn });
    assert.deepEqual(parseBounds(" 0x0 - 0xFFFF_FFFF_FFFF_FFFF "), { first: 0n, last: TOP });
    assert.deepEqual(parseBounds("0x10-0x10"), { first: 16n, last: 16n });
  });

  it("says which end is wrong, and mends both or none", () => {
    assert.deepEqual(parseBounds("fee00000-0xfeef_ffff"), { because: "hexadecimal digits need 0x in front", suggestion: "0xfee0_0000-0xfeef_ffff" });
    assert.deepEqual(parseBounds("fee00000-nowhere"), { because: "hexadecimal digits need 0x in front" });
    assert.deepEqual(parseBounds("0x0-0x1_0000_0000_0000_0000"), { because: "it needs more than 64 bits" });
    for (const text of ["", "-", "0x10", "0x10-", "-0x10", "0x10-0x20-0x30", "0x10..0x20"]) assert.deepEqual(parseBounds(text), { because: "it is not written like 0x0800_0000-0x080f_ffff" }, text);
  });
});

describe("a name", () => {
  it("has letters, digits, _ . and -, and begins with a letter or _", () => {
    for (const text of ["a", "_", "dram0", "soc.uart-0", "__proto__", "constructor", "toString", "base", "size.x"]) assert.equal(nameFault(text), undefined, text);
    for (const text of ["", "0a", "-a", ".a", "a b", "a/b", "ä", "a\n", "😀", "\ud800"]) assert.notEqual(nameFault(text), undefined, JSON.stringify(text));
  });

  it("does not end in one of the four properties", () => {
    for (const text of ["a.base", "a.size", "a.last", "a.b.next"]) assert.match(nameFault(text)?.because ?? "", /does not end in/);
  });

  it("is offered mended", () => {
    assert.equal(nameFault("0 dram/low")?.suggestion, "_0-dram-low");
    assert.equal(nameFault("😀")?.suggestion, "_-");
    assert.equal(nameFault("")?.suggestion, undefined);
  });
});

describe("a PCI address", () => {
  it("is segment, bus, device and function", () => {
    assert.deepEqual(parsePciAddress("0001:3a:1f.7"), { segment: 1, bus: 0x3a, device: 31, function: 7 });
    assert.deepEqual(parsePciAddress("FF:00.0"), { segment: undefined, bus: 255, device: 0, function: 0 });
    assert.deepEqual(parsePciAddress("10000:01:00.0"), { segment: 0x10000, bus: 1, device: 0, function: 0 });
    for (const text of ["", "1:0.0", "00:20.0", "00:00.8", "00:00", "00:00.0 ", "0000:00:00", "g0:00.0", "000:00:00.0"]) assert.equal(parsePciAddress(text), undefined, text);
  });

  it("prints as it is read, and is its own requester id", () => {
    for (const text of ["0000:00:00.0", "0001:3a:1f.7", "abcd:ff:10.3"]) {
      const read = parsePciAddress(text);
      assert.ok(read);
      assert.equal(printPciAddress(read), text);
      assert.equal(printShortPciAddress(read), text.slice(5));
    }
    assert.equal(printPciAddress({ segment: undefined, bus: 1, device: 2, function: 3 }, 7), "0007:01:02.3");
    assert.equal(requesterId({ segment: 0, bus: 0xff, device: 31, function: 7 }), 0xffff);
  });

  it("stands in ranges of buses and of ids, both ends inclusive", () => {
    assert.deepEqual(parseBusRange("00-ff"), { first: 0, last: 255 });
    assert.deepEqual(parseBusRange("1f"), { first: 31, last: 31 });
    assert.equal(printBusRange({ first: 0, last: 255 }), "00-ff");
    assert.deepEqual(parseIdRange("0x0-0xffff_ffff".replace("_", "")), { first: 0, last: 0xffff_ffff });
    for (const text of ["", "-", "00-", "ff-00", "000-0ff", "0g"]) assert.equal(parseBusRange(text), undefined, text);
    for (const text of ["123456789", "8-0"]) assert.equal(parseIdRange(text), undefined, text);
  });
});

describe("ACS bits", () => {
  it("are read in any order, in our words and in lspci's, and given in lspci's order", () => {
    assert.deepEqual(parseAcsBits("UF SV"), { bits: ["SV", "UF"], unknown: [] });
    assert.deepEqual(parseAcsBits("SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-"), { bits: ["SV", "RR", "CR", "UF"], unknown: [] });
    assert.deepEqual(parseAcsBits(""), { bits: [], unknown: [] });
    assert.deepEqual(parseAcsBits("SV XX"), { bits: ["SV"], unknown: ["XX"] });
  });
});

function faultOf(read: bigint | { because: string }): string {
  return typeof read === "bigint" ? `read as ${read}` : read.because;
}
