// The entries of PCI functions in a draft, nested as the hardware is. Knows nothing of how the tree was found.
import { acsBitsOf } from "../../acs";
import { printShortPciAddress } from "../../pciAddress";
import { printAddress, printSizeLiteral } from "../../print";
import type { BarFact, FunctionFacts, WindowFact } from "../pciFunctionFacts";
import type { CapturedRange } from "../reading";
import type { DraftItem, DraftValue } from "./draft";
import { list, record } from "./draft";
import type { FunctionNode } from "./functionTree";

/** Ports and bridges: what they lack in ACS counts for isolation, so it is said. */
const BRIDGING: readonly string[] = [
  "root-port",
  "upstream-port",
  "downstream-port",
  "pcie-to-pci-bridge",
  "pci-to-pcie-bridge",
];

/**
 * The functions in the order of their addresses. `ranges` are what /proc/iomem has under their names, for sizes that
 * registers do not tell.
 */
export function draftFunctions(
  nodes: readonly FunctionNode[],
  ranges: ReadonlyMap<string, readonly CapturedRange[]>,
): DraftItem[] {
  return nodes.map((node) => {
    const bars = draftBars(node.facts.bars, ranges.get(node.address) ?? []);
    return {
      value: record({ ...identity(node), ...registers(node, bars.value), ...below(node, ranges) }),
      comment: [
        node.facts.description ?? "",
        node.orphan ? "which bridge is above it could not be read" : "",
        bars.comment,
      ].filter((line) => line !== ""),
    };
  });
}

function identity({ at, facts }: FunctionNode): Record<string, DraftValue | undefined> {
  return {
    at: printShortPciAddress(at),
    type: facts.type,
    id: facts.id === "unknown" ? undefined : facts.id,
    class: facts.class === "unknown" ? undefined : facts.class.slice(0, 4),
    buses: busesOf(facts),
    // Linux takes every function above 0 for one of several, whatever its header says; virtual functions never
    // (domain.md 2.7b).
    multifunction: facts.virtual !== true && (facts.multifunction === true || at.function > 0) ? true : undefined,
    virtual: facts.virtual,
    driver: facts.driver,
  };
}

function registers(node: FunctionNode, bars: DraftValue | undefined): Record<string, DraftValue | undefined> {
  const { facts } = node;
  return {
    acs: acsOf(node),
    windows: facts.bridge === false ? undefined : windowsOf(facts),
    bars,
    msi:
      typeof facts.msi === "object"
        ? record({ address64: facts.msi.address64, vectors: facts.msi.vectors, msix: facts.msi.msix || undefined })
        : unknown(facts.msi),
    ats: typeof facts.ats === "boolean" ? facts.ats : undefined,
    virtualFunctions: typeof facts.sriov === "object" ? record({ ...facts.sriov }) : undefined,
  };
}

function below(
  { children }: FunctionNode,
  ranges: ReadonlyMap<string, readonly CapturedRange[]>,
): Record<string, DraftValue | undefined> {
  return { devices: children.length === 0 ? undefined : { kind: "list", items: draftFunctions(children, ranges) } };
}

function busesOf(facts: FunctionFacts): string | undefined {
  if (typeof facts.buses === "object") return `${hex2(facts.buses.secondary)}-${hex2(facts.buses.subordinate)}`;
  return facts.buses === "unknown" && facts.bridge === true ? "unknown" : undefined;
}

function acsOf({ at, facts }: FunctionNode): DraftValue | undefined {
  if (typeof facts.acs === "object") {
    return record({ capable: acsBitsOf(facts.acs.capable).join(" "), enabled: acsBitsOf(facts.acs.enabled).join(" ") });
  }
  if (facts.acs === "unknown") return "unknown";
  const express = !["pci-bridge", "pci-device", "unknown"].includes(facts.type);
  return express && (BRIDGING.includes(facts.type) || facts.multifunction === true || at.function > 0)
    ? "none"
    : undefined;
}

function windowsOf(facts: FunctionFacts): DraftValue | undefined {
  if (facts.windows === "unknown") return facts.bridge === true ? "unknown" : undefined;
  return list(facts.windows.map(windowOf));
}

function windowOf(window: WindowFact): DraftValue {
  return record({
    type: window.type,
    bus: printAddress(window.base),
    size: printSizeLiteral(window.last - window.base + 1n),
  });
}

/** With a size missing the list would be wrong: the whole is unknown, and what is known of it a comment. */
function draftBars(
  bars: FunctionFacts["bars"],
  ranges: readonly CapturedRange[],
): { value: DraftValue | undefined; comment: string } {
  if (bars === "unknown") return { value: "unknown", comment: "" };
  const sized = bars.map((bar) => (bar.size === undefined ? { ...bar, size: sizeFrom(bar, ranges) } : bar));
  const placed = sized.filter((bar) => !isPlacelessIo(bar));
  if (placed.some((bar) => bar.size === undefined)) {
    return { value: "unknown", comment: `the sizes of BARs could not be read: ${sized.map(nameBar).join(", ")}` };
  }
  const left = sized.filter(isPlacelessIo).map(nameBar).join(", ");
  const records = placed.map((bar) =>
    record({
      bar: bar.number,
      ...(bar.base !== undefined && { base: printAddress(bar.base) }),
      size: printSizeLiteral(bar.size ?? 0n),
      type: bar.type,
      virtual: bar.virtual,
    }),
  );
  const comment = left === "" ? "" : `I/O ports without a place, of unknown size, are left out: ${left}`;
  return { value: records.length === 0 ? undefined : list(records), comment };
}

/** What the kernel gave no ports (a bridge without an I/O window): nothing of it counts for memory or isolation. */
function isPlacelessIo(bar: BarFact): boolean {
  return bar.type === "io" && bar.size === undefined && (bar.base === undefined || bar.base === 0n);
}

/** The kernel's range at the BAR's address, when that is known: bus and CPU addresses may be different numbers. */
function sizeFrom(bar: BarFact, ranges: readonly CapturedRange[]): bigint | undefined {
  const range = ranges.find((one) => one.base === (bar.kernelBase ?? bar.base));
  return range && range.last - range.base + 1n;
}

function nameBar(bar: BarFact): string {
  const place = bar.base === undefined ? "" : ` at ${printAddress(bar.base)}`;
  return `${bar.number === 6 ? "expansion ROM" : `BAR ${bar.number}`}${place}`;
}

function unknown(value: string): "unknown" | undefined {
  return value === "unknown" ? "unknown" : undefined;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, "0");
}
