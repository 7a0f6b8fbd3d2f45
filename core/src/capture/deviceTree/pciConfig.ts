// How configuration space of a PCI host bridge is reached, and which of its registers are something else. Knows nothing
// of windows.
import type { CapturedRange } from "../reading";
import { isCompatible, textsOf } from "./properties";
import { registersOf } from "./translate";
import type { TreeNode } from "./treeNode";

export interface TreeConfig extends CapturedRange {
  readonly type: "ecam" | "indirect";
}

export interface HostRegisters {
  readonly config: TreeConfig | "unknown";
  /** The other registers of the node, with their names from `reg-names`. */
  readonly others: readonly (CapturedRange & { readonly name: string | undefined })[];
}

/** Bindings whose `reg` is ECAM although no name says so: the first entry, or the one called `cfg` or `config`. */
const ECAM = [
  "pci-host-ecam-generic",
  "hisilicon,hip06-pcie-ecam",
  "hisilicon,hip07-pcie-ecam",
  "cavium,pci-host-thunder-ecam",
  "marvell,armada8k-pcie-ecam",
  "socionext,synquacer-pcie-ecam",
  "snps,dw-pcie-ecam",
  "xlnx,nwl-pcie-2.11",
  "xlnx,versal-cpm-host-1.00",
  "apple,pcie",
  "loongson,ls2k-pci",
] as const;
/** Other layouts of memory-mapped configuration space, which the language has no word for. */
const NEITHER = ["pci-host-cam-generic", "cavium,pci-host-thunder-pem"] as const;
/** `config`, `cfg`, `config_axi_slave`. */
const CONFIG_NAME = /^(config|cfg)/;
const MEBIBYTE = 1n << 20n;

/**
 * Configuration space is found by its name and not by its place in `reg` (domain.md section 0, trap 14). What is called
 * `config` or `cfg` elsewhere is a window that the driver moves.
 */
export function hostRegisters(node: TreeNode): HostRegisters {
  const names = textsOf(node, "reg-names");
  const all = registersOf(node).map((range, index) => range && { ...range, name: names[index] });
  const named = (wanted: RegExp): (typeof all)[number] =>
    all.find((one) => one?.name !== undefined && wanted.test(one.name));
  const ecam = named(/^ecam$/) ?? (isCompatible(node, ...ECAM) ? (named(CONFIG_NAME) ?? all[0]) : undefined);
  const chosen = ecam ?? named(CONFIG_NAME) ?? all[0];
  const others = all.flatMap((one) => (one && one !== chosen ? [one] : []));
  if (!chosen || isCompatible(node, ...NEITHER))
    return { config: "unknown", others: chosen ? [chosen, ...others] : others };
  return {
    config: { base: chosen.base, last: chosen.last, type: ecam && holdsBuses(chosen) ? "ecam" : "indirect" },
    others,
  };
}

/** ECAM has 1 MiB a bus. */
function holdsBuses({ base, last }: CapturedRange): boolean {
  return last - base + 1n >= MEBIBYTE;
}
