// A BAR that no register can hold: its size is no power of two, or its base no multiple of its size.
import { under } from "../anchor";
import { address, alignUp, isPowerOfTwo } from "../address";
import type { Edit, Fix } from "../finding";
import type { Bar, PciFunction } from "../platform";
import { barPlaces, decodableSize } from "../plan/barPlacement";
import { known } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import { busOccupant, isIo } from "../plan/pciWindows";
import { rangeEdits } from "../plan/placement";
import type { Plan } from "../plan/plan";
import { printAddress, printSize, printSizeLiteral } from "../print";
import { defineRule, notChecked } from "../rule";

interface MisalignedBar {
  readonly node: PciNode;
  readonly bar: Bar;
  readonly fault: "size" | "base";
  /** What the base must be a multiple of: the size, or that of one virtual function. */
  readonly unit: bigint;
}

export const misalignedBar = defineRule<MisalignedBar>({
  id: "misaligned-bar",
  catalogue: "PCI005",
  severity: "error",
  since: "0.1.0",
  summary: "A BAR's size is not a power of two, or its base is not a multiple of its size.",
  why: `A base address register has one writable bit for each address bit above its size, and compares just those. So a size is a power of two (of
memory at least 16 bytes), and a base is a multiple of it: anything else cannot be written into the register, and what is written decodes
other addresses.

A BAR of virtual functions holds one after the other: there the size of one of them counts.`,
  sources: ["PCI Local Bus Specification 3.0, 6.2.5.1", "Single Root I/O Virtualization 1.1, 3.3.14", "domain.md 7.5"],
  bad: [
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [{ "bar": 0, "base": "0x5000_8000", "size": "64K", "type": "mem32" }],
      //                           ^^^^^^^^^^^^^ error: BAR 0 of 0000:00:02.0 begins at 0x5000_8000, which is not a multiple of its size, 64 KiB
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [{ "bar": 0, "base": "0x5001_0000", "size": "64K", "type": "mem32" }],
    }],
  }],
}`,
    },
    {
      text: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "48K", "type": "mem32" }, { "bar": 1, "size": "8", "type": "mem32" }],
      //                                                  ^^^^^ error: BAR 0 of 0000:00:02.0 is 48 KiB, which is not a power of two
      //                                                                                                ^^^ error: BAR 1 of 0000:00:02.0 is 8 bytes, and memory BARs have at least 16
    }],
  }],
}`,
      fixed: `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [{ "bar": 0, "base": "0x5000_0000", "size": "64K", "type": "mem32" }, { "bar": 1, "size": "8", "type": "mem32" }],
    }],
  }],
}`,
    },
  ],
  good: [
    // Natural alignment; no place yet; the one I/O port of an IDE controller in its old mode.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }, { "type": "io", "bus": "0x0", "size": "64K" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint",
      "bars": [{ "bar": 0, "base": "0x5001_0000", "size": "64K", "type": "mem32" }, { "bar": 1, "base": "0x3f6", "size": "1", "type": "io" }, { "bar": 2, "size": "1G", "type": "mem64-prefetchable" }],
    }],
  }],
}`,
    // Seven virtual functions of 16 KiB each.
    `{
  "platform": "board",
  "pci": [{
    "name": "pcie0", "msi": "none",
    "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "128M" }],
    "devices": [{
      "at": "00:02.0", "type": "integrated-endpoint", "virtualFunctions": { "total": 7 },
      "bars": [{ "bar": 0, "base": "0x5000_4000", "size": "112K", "type": "mem64", "virtual": true }],
    }],
  }],
}`,
  ],
  *check(plan) {
    for (const node of plan.functions) {
      for (const bar of known(node.function.bars)) {
        const unit = unitOf(bar, node.function);
        if (unit === undefined) {
          yield notChecked(`how many virtual functions ${node.label} has is not given`);
          continue;
        }
        const fault = faultOf(bar, unit);
        if (fault !== undefined) yield { at: under(bar.anchor, fault), data: { node, bar, fault, unit } };
      }
    }
  },
  message({ node, bar, fault, unit }) {
    const name = `BAR ${bar.bar} of ${node.label}`;
    const whose = bar.virtual === true ? "the size of one virtual function" : "its size";
    if (fault === "base") return `${name} begins at ${printAddress(bar.base ?? 0n)}, which is not a multiple of ${whose}, ${printSize(unit)}`;
    const rule = isPowerOfTwo(unit) ? "and memory BARs have at least 16" : "which is not a power of two";
    return `${name} is ${printSize(bar.size)}, ${rule}${bar.virtual === true ? " for each virtual function" : ""}`;
  },
  fix: ({ data }, plan) => (data.bar.virtual === true ? [] : alignFixes(data, plan)),
});

function faultOf({ size, type, busExtent }: Bar, unit: bigint): "size" | "base" | undefined {
  const range = busExtent?.ranges[0];
  if (size === 0n) return undefined;
  if (!isPowerOfTwo(unit) || (unit < 16n && !isIo(type))) return "size";
  return range && range.base % unit !== 0n ? "base" : undefined;
}

/** The bytes that one function decodes; undefined where a BAR is of virtual functions that nobody has counted. */
function unitOf({ size, virtual }: Bar, one: PciFunction): bigint | undefined {
  if (virtual !== true) return size;
  const total = typeof one.virtualFunctions === "number" ? one.virtualFunctions : one.virtualFunctions?.total;
  if (total === undefined || total === 0) return undefined;
  return !isPowerOfTwo(size) && size % BigInt(total) === 0n ? size / BigInt(total) : size;
}

/** Aligns upward where it stands; else takes the nearest free place in the windows above. */
function alignFixes({ node, bar: { bar, type, size, busExtent, anchor } }: MisalignedBar, plan: Plan): Fix[] {
  const decoded = decodableSize(size, type);
  const name = `BAR ${bar} of ${node.label}`;
  const sizeEdit: Edit = { op: "replace", at: under(anchor, "size"), value: { size: decoded } };
  if (!busExtent) return [{ title: `Make ${name} ${printSizeLiteral(decoded)}`, edits: [sizeEdit] }];
  const occupant = busOccupant(plan, node.hostBridge, type, busExtent);
  if (!occupant) return [];
  const { range } = occupant;
  const bases = new Set([alignUp(range.base, decoded), ...barPlaces(plan, node, occupant, type, decoded)]);
  return [...bases].map((base) => {
    const place = base === range.base ? "" : ` to ${printAddress(base)}`;
    const make = `Make ${name} ${printSizeLiteral(decoded)}${place && ` and move it${place}`}`;
    const title = decoded === size ? `Move ${name}${place}` : make;
    return { title, edits: rangeEdits(occupant, { base, end: address(base + decoded) }) };
  });
}
