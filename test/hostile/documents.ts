// A workspace in which one text stands everywhere that a text can stand: as what people say, as a key, a word, a path, a comment, and as a name where it may be
// one. Knows nothing of what is made of it.
import { isName } from "./texts";

/** The files by their names. `now` and `before` differ where the text stands, so that a difference of the two shows it. */
export function hostileFiles(text: string): Readonly<Record<string, string>> {
  return {
    "board.platform.jsonc": platform(text, "now"),
    "before.platform.jsonc": platform(text, "before"),
    "misread.platform.jsonc": misread(text),
    "web.guest.jsonc": guest(text),
    "big.guest.jsonc": guest(text).replaceAll('"1G"', '"4T"'),
    "calm.platform.jsonc": calmHost(text),
    "emit.guest.jsonc": emittedGuest(text),
    "broken.guest.jsonc": JSON.stringify({ guest: text, machine: text, hosts: [text, "board.platform.jsonc"], memory: [{ name: text, size: text }], passthrough: [{ host: text, device: text }] }),
    "rack.fleet.jsonc": JSON.stringify({ fleet: nameOf(text), description: text, platforms: ["board.platform.jsonc"], migrationGroups: [{ name: nameOf(text), platforms: [nameOf(text)], guests: ["web.guest.jsonc"] }] }),
    "broken.fleet.jsonc": JSON.stringify({ fleet: text, platforms: [text], migrationGroups: [{ name: text, platforms: [text], guests: [text] }] }),
    "syntax.platform.jsonc": `{ "platform": "broken", ${JSON.stringify(text)} ${text} }`,
  };
}

/** The name of the platforms in them. */
export function nameOf(text: string): string {
  return isName(text) ? text : "thing";
}

/** A line comment cannot hold a line break: it would be no comment. */
function comment(text: string): string {
  return `// ${text.replace(/[\n\r\u2028\u2029]/g, " ").slice(0, 2000)}\n// platmap allow no-such-rule: ${text.replace(/[\n\r\u2028\u2029]/g, " ").slice(0, 2000)}\n`;
}

/** Sound but for overlaps, a doorbell in memory and missing ACS: so that there is something to say of the entries. */
function platform(text: string, at: "now" | "before"): string {
  const name = nameOf(text);
  const source = { document: text, section: text, page: text, capture: text };
  const now = at === "now";
  const device = { type: "endpoint", id: "8086:10fb", assign: true, driver: text, iommu: "x", bars: [{ bar: 0, base: "0x5000_0000", size: "512K", type: "mem32" }], msi: { address64: true, vectors: 64 } };
  const body = {
    platform: name, description: text, arch: "arm64", physicalAddressBits: 40, pageSize: "4K",
    memory: [{ name: now ? "dram" : `dram-old`, base: "0x8000_0000", size: "1G", source: text, description: text }, { name: `${name}.off`, base: "0x10_0000_0000", size: "1G", disabled: true, source: text }],
    devices: [
      { name: `${name}-uart`, base: now ? "0x900_0000" : "0x901_0000", size: "64K", source, description: text },
      { name: "uart1", base: "0x900_8000", size: "64K", source: text }, { name: "gone", base: now ? "0xa00_0000" : "0xb00_0000", size: "4K", description: text },
    ],
    reserved: [
      { name: "bl31", base: "0xbe00_0000", size: "2M", type: "secure", noMap: true, source, description: text },
      { name: `${name}_optee`, base: "0xbe10_0000", size: now ? "2M" : "1M", type: "secure", source: text },
      { name: "cma", size: "64M", align: "4M", within: ["0x8000_0000-0xbfff_ffff"], type: "dma-pool", reusable: true, source: text, description: text },
      { name: "old", base: "0x8100_0000", size: "64K", disabled: true, source: text },
    ],
    doorbells: [{ name: `${name}-v2m`, type: "gicv2m", base: "0x2c1c_0000", size: "64K", source: text }],
    iommus: [{ name: `${name}-smmu`, type: "smmuv2", base: "0x2b50_0000", size: "64K", inputBits: 40, outputBits: 40, source: text, msiWindow: { base: "0x0800_0000", size: "1M", programmable: false }, reserved: [{ range: "0x4000_0000-0x4fff_ffff", type: "direct", devices: ["01:00.0"], source: text }] }],
    pci: [{
      name: `${name}-pcie`, segment: 0, buses: "00-ff", source, description: text,
      config: { base: "0x3000_0000", size: "256M", type: "ecam" },
      windows: [{ type: "mem32", cpu: "0x5000_0000", bus: "0x5000_0000", size: "128M", source: text }],
      iommu: [{ ids: "0000-ffff", to: `${name}-smmu`, stream: "0x0" }], msi: `${name}-v2m`,
      devices: [{ at: "00:00.0", name: `${name}-rp`, type: "root-port", buses: "01-05", acs: { capable: "SV RR CR UF", enabled: "" }, source: text, devices: [{ at: "01:00.0", name: `${name}-nic`, ...device }, { at: "01:00.1", ...device, multifunction: true, bars: [] }] }],
    }],
    captured: { kernel: text, commandLine: text, source: text, groups: [{ id: 0, type: text, devices: ["0000:01:00.0", text], reserved: [{ range: "0x0800_0000-0x080f_ffff", type: "msi" }] }], iommus: { [text]: [text, "0000:01:00.0"] }, firmwareMap: [{ range: "0x8000_0000-0x8fff_ffff", type: text, source: "e820" }] },
  };
  return `${comment(text)}${JSON.stringify(body, undefined, 2).replace('"memory": [', `"memory": [ /* ${text.replaceAll("*/", "* /")} */`)}\n`;
}

/** Every value is wrong in its own way. A name that is not in `__proto__`'s way: JSON.stringify would drop a prototype. */
function misread(text: string): string {
  const written = JSON.stringify(text);
  return `{ "platform": ${written}, "arch": ${written}, "physicalAddressBits": ${written}, ${written}: ${written}, ${written}: 1, "extends": ${written}, "remove": [${written}],
  "memory": [{ "name": ${written}, "base": ${written}, "size": ${written}, "in": ${written} }, { "name": "m", "base": "0x0", "size": "4K", "in": ${written}, ${written}: {} }],
  "devices": [{ "name": "d", "range": ${written}, "iommu": [{ "streams": ${written}, "to": ${written} }] }, { "name": "e", "base": ${JSON.stringify(`${text} + 1`)}, "size": "4K" }],
  "reserved": [{ "name": ${written}, "base": "0x1000", "size": "4K", "sharedWith": ${written}, "type": ${written} }],
  "iommus": [{ "name": "i", "type": ${written}, "base": "0x2000", "size": "4K" }],
  "pci": [{ "name": ${written}, "buses": ${written}, "msi": ${written}, "iommu": ${written}, "devices": [{ "at": ${written}, "quirks": [${written}], "acs": { "capable": ${written}, "enabled": ${written} }, "id": ${written} }] }] }\n`;
}

/** A host on which a known machine fits as it is, so that there is something to emit. */
function calmHost(text: string): string {
  const name = nameOf(text);
  return JSON.stringify({
    platform: name, arch: "arm64", physicalAddressBits: 48, description: text,
    memory: [{ name: "dram", base: "0x400_0000_0000", size: "64G", source: text }],
    pci: [{ name: "pcie0", segment: 0, buses: "00-ff", windows: [{ type: "mem64", cpu: "0x600_0000_0000", size: "1G" }], msi: "none", devices: [{ at: "00:01.0", name: `${name}-nic`, type: "integrated-endpoint", assign: true, bars: [{ bar: 0, base: "0x600_0000_0000", size: "16K", type: "mem64" }] }] }],
  });
}

function emittedGuest(text: string): string {
  const name = nameOf(text);
  return JSON.stringify({
    guest: name, description: text, machine: "qemu-virt-10.1", arch: "arm64", physicalAddressBits: 40, hosts: ["calm.platform.jsonc"], policy: "relaxed",
    memory: [{ name: `${name}-ram`, size: "1G", source: text }], iommu: { type: "virtio-iommu" }, passthrough: [{ host: name, device: "0000:00:01.0" }],
  });
}

function guest(text: string): string {
  const name = nameOf(text);
  return `${comment(text)}${JSON.stringify({
    guest: name, description: text, machine: "qemu-virt-10.1", physicalAddressBits: 40, hosts: ["board.platform.jsonc"],
    memory: [{ name: `${name}-ram`, size: "1G", source: text }], devices: [{ name: `${name}-dev`, base: "0x900_0000", size: "4K", source: text }],
    doorbell: { strategy: "fixed" }, passthrough: [{ host: name, device: "0000:01:00.0" }],
  }, undefined, 2)}\n`;
}
