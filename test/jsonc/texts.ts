// Texts to try things on: the examples, a document that uses the whole language, and random damage to them. Knows nothing of what is tried.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { repositoryRoot } from "../repositoryRoot";

const folder = path.join(repositoryRoot, "examples");

/** The text of each example, by its file name. */
export const examples: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).filter((file) => file.endsWith(".jsonc")).sort().map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
);

/** One of everything, on lines long and short, with comments of both kinds. Nothing in it is meant to be right. */
export const everything = `// a board that nobody built
{
  "$schema": "https://example.org/platform.json",
  "description": "one of everything", // here too
  "platform": "board", "arch": "arm64", "physicalAddressBits": 48, "pageSize": "64K",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "2G", "node": 0, "type": "ram" }, // 2G
    /* far away */ { "name": "dram1", "range": "0x8_8000_0000-0x9_ffff_ffff", "node": 1, "type": "hotplug" },
    { "name": "dram2", "ranges": ["0x10_0000_0000-0x10_3fff_ffff", "0x11_0000_0000-0x11_3fff_ffff"] },
  ],
  "devices": [
    { "name": "soc", "base": "0x1000_0000", "last": "0x1FFF_FFFF" },
    { "name": "uart0", "base": "0x1100_0000", "size": "0x1000", "in": "soc", "disabled": true },
    { "name": "dma0", "base": 805306368, "size": 4096, "iommu": [{ "streams": "0-8", "to": "smmu" }], "assign": true },
  ],
  "reserved": [
    { "name": "bl31", "base": "0xfe000000", "size": "2MiB", "type": "secure", "noMap": true, "origin": "board" },
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0xbfff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "shm", "range": "0xf000_0000-0xf0ff_ffff", "type": "shared-memory", "sharedWith": "bl31" },
    { "name": "log", "base": "align(shm.next, 2M)", "size": "2 * bl31.size", "type": "crash-log" }, // made of others
    { "name": "tail", "base": "dram0.next - (16M - uart0.size)", "last": "tail.base + 64K - 1", "type": "hole" }
  ],
  "doorbells": [{ "name": "its", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "iommus": [{
    "name": "smmu", "type": "smmuv3", "base": "0x0905_0000", "size": "128K", "inputBits": 48, "outputBits": 44, "pageSizes": ["4K", "64K"],
    "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true },
    "reserved": [{ "range": "0x1000_0000-0x1000_ffff", "type": "direct", "devices": ["01:00.0"], "below": true }],
  }],
  "pci": [{
    "name": "pcie0", "segment": 0, "buses": "00-ff",
    "config": { "base": "0x40_1000_0000", "size": "256M", "type": "ecam" },
    "windows": [
      { "type": "mem32", "cpu": "0x5000_0000", "size": "128M" },
      { "type": "mem64-prefetchable", "cpu": "0x80_0000_0000", "size": "4G" },
      { "type": "io", "cpu": "0x3eff_0000", "bus": "0x0", "size": "64K" },
    ],
    "inbound": [{ "bus": "0x8000_0000", "cpu": "0x8000_0000", "size": "2G" }],
    "iommu": [{ "ids": "0000-ffff", "to": "smmu", "stream": "0x0", "mask": "0xffff" }],
    "msi": [{ "ids": "0000-ffff", "to": "its", "deviceIds": "0x0" }],
    "devices": [{
      "at": "00:00.0", "name": "rp0", "type": "root-port", "buses": "01-05", "acs": { "capable": "SV TB RR CR UF", "enabled": "SV RR CR UF" },
      "windows": [{ "type": "mem32", "bus": "0x5000_0000", "size": "1M" }],
      "devices": [
        { "at": "01:00.0", "type": "endpoint", "id": "8086:10fb", "class": "0200", "assign": true, "multifunction": true,
          "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "512K", "type": "mem32" }], "msi": { "address64": true, "vectors": 64 } },
        { "at": "0000:01:00.1", "type": "endpoint", "acs": "none", "virtualFunctions": { "total": 63, "enabled": 2, "offset": 128, "stride": 2 }, "aliases": ["01:00.0"] },
      ],
    }],
  }],
  "cxlWindows": [{ "base": "0x100_0000_0000", "size": "64G", "targets": ["pcie0"], "granularity": 256 }],
  "captured": {
    "kernel": "6.12.107", "commandLine": "console=ttyAMA0",
    "groups": [{ "id": 0, "type": "DMA", "devices": ["0000:01:00.0"], "reserved": [{ "range": "0x800_0000-0x80f_ffff", "type": "msi" }] }],
    "iommus": { "arm-smmu-v3.0": ["0000:01:00.0"] },
    "firmwareMap": [{ "range": "0x8000_0000-0xffff_ffff", "type": "conventional", "source": "efi" }],
  },
}
`;

/** Values that some key takes, and values that none does. */
const VALUES = [
  "null", "true", "false", "0", "-1", "1e400", "0.5", "9007199254740993", "[]", "{}", "[[]]", '""', '"unknown"', '"none"', '"0x0"', '"0xffff_ffff_ffff_ffff"', '"0x8000_0000"', '"0x1"', '"1"',
  '"16E"', '"0"', '"4K"', '"3K"', '"0x0-0xffff_ffff_ffff_ffff"', '"0x1000-0x0"', '"dram0"', '"smmu"', '"pcie0"', '"rp0"', '"__proto__"', '"constructor"', '"toString"', '"00:00.0"', '"ffff:ff:1f.7"',
  '"ff-00"', '"00-00"', '"0-ffffffff"', '"SV"', '"io"', '"mem64"', '"root-port"', '"dram0.next - 64K"', '"align(shm.next, 1M)"', '"tail.base + 1"', '"tail.size * 16E"', '"max(log.base, )"', '"\\u0028log.size)"', '"pci-bridge"', '"\\ud800"', '"\u{1f600}"', '"\\u0000"', '{ "name": "dram0" }', '{ "at": "00:00.0", "devices": [] }', '["0x0-0x0"]',
];
const KEYS = ['"name"', '"base"', '"size"', '"last"', '"range"', '"ranges"', '"in"', '"type"', '"at"', '"to"', '"devices"', '"__proto__"', '"constructor"', '""', '"guest"'];
const SCRAPS = ["{", "}", "[", "]", ",", ":", '"', "\\", "/*", "*/", "//", "\n", "\r", "\r\n", "\t", "\0", "\ufeff", "\ud800", "\u{1f600}", "\u2028", "0x", "1e", "-", "nul", "'", "\u0007"];

/** A text with one to four tokens replaced by others: mostly still JSON, but no longer right. */
export function replaced(text: string): fc.Arbitrary<string> {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"\s*:|"(?:[^"\\]|\\.)*"|\/\/.*|\/\*.*?\*\/|-?\d[\d.]*|true|false|null|\s+|./g) ?? [];
  const places = tokens.flatMap((token, index) => (/^["\dtfn-]/.test(token) ? [index] : []));
  const change = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...KEYS), fc.constantFrom(...VALUES));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const next = [...tokens];
    for (const [place, key, value] of changes) next[place] = (tokens[place] as string).endsWith(":") ? `${key}:` : value;
    return next.join("");
  });
}

/** A text with pieces cut out, doubled and put in: mostly no JSON at all. */
export function damaged(text: string): fc.Arbitrary<string> {
  const blow = fc.tuple(fc.nat(text.length), fc.nat(30), fc.constantFrom("cut", "double", "insert"), fc.constantFrom(...SCRAPS, ...VALUES));
  return fc.array(blow, { minLength: 1, maxLength: 6 }).map((blows) => {
    let next = text;
    for (const [at, length, kind, scrap] of blows) {
      const piece = kind === "cut" ? "" : kind === "double" ? next.slice(at, at + length).repeat(2) : scrap;
      next = next.slice(0, at) + piece + next.slice(kind === "insert" ? at : at + length);
    }
    return next;
  });
}
