// Documents of any size for the benchmarks: n regions with name, base, size, type and flags, one comment in ten lines. Knows nothing of what is measured.

const TYPES = ["firmware", "secure", "framebuffer", "crash-log"];

/** A platform file with `regions` reservations, none of which is a finding worth speaking of: they lie side by side. */
export function manyRegions(regions: number): string {
  const lines = ["{", '  "platform": "large",', '  "reserved": ['];
  for (let i = 0; i < regions; i++) {
    if (i % 10 === 0) lines.push(`    // carve-out ${i}`);
    const base = (0x8000_0000 + i * 0x2_0000).toString(16).replace(/\B(?=(.{4})+$)/g, "_");
    lines.push(`    { "name": "region${i}", "base": "0x${base}", "size": "64K", "type": "${TYPES[i % 4] ?? ""}", "noMap": true }${i < regions - 1 ? "," : ""}`);
  }
  return [...lines, "  ]", "}", ""].join("\n");
}

/** The same text without its comments, for JSON.parse. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\/.*\n/gm, "");
}

/** `count` ranges, each inside the one before: n²/2 pairs overlap. */
export function nestedRegions(count: number): string {
  const entries = Array.from({ length: count }, (_, i) => `    { "name": "d${i}", "base": "0x${(0x1000_0000 + i * 0x1000).toString(16)}", "last": "0x${(0x9000_0000 - i * 0x1000 - 1).toString(16)}" }`);
  return `{\n  "platform": "nested",\n  "devices": [\n${entries.join(",\n")}\n  ]\n}\n`;
}
