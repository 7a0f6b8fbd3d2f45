// The functions whose DMA appears under other requester ids than their own, as data. Knows nothing of groups. Device
// ids are facts of drivers/pci/quirks.c (read: a tree after 7.0). Left out, for lack of a fact that the language has:
// Adaptec 3405 and 3805, which their subsystem ids tell apart, and the partitions of a Switchtec bridge, which only its
// registers tell.
import type { PciQuirk } from "./pciQuirk";

/**
 * `function`: the same slot, another function. `devfns`: fixed places on the same bus. `conventional-bridge`: a
 * PCIe-to-PCI bridge that does not say so: what is below it appears as device 0 of its secondary bus.
 * `no-alias`: a PCIe-to-PCI bridge that leaves the requester ids of what is below it as they are. `translation-root`:
 * the IOMMU sits at this bridge, so nothing above it adds an alias.
 */
export type Alias =
  | { readonly kind: "function"; readonly function: number }
  | { readonly kind: "devfns"; readonly devfns: readonly number[] }
  | { readonly kind: "conventional-bridge" | "no-alias" | "translation-root" };

export interface AliasQuirk extends PciQuirk {
  readonly alias: Alias;
}

function row(name: string, vendor: number, devices: AliasQuirk["devices"], source: string, alias: Alias): AliasQuirk {
  return { name, vendor, devices, source, alias, tested: false };
}

/** Device in bits 7 to 3, function in bits 2 to 0. */
const devfn = (device: number, functionNumber: number): number => (device << 3) | functionNumber;

const FUNCTION_0 = { kind: "function", function: 0 } as const;
const FUNCTION_1 = { kind: "function", function: 1 } as const;
const CONVENTIONAL = { kind: "conventional-bridge" } as const;
const EVERY_DEVFN = Array.from({ length: 256 }, (_, one) => one);
const EVERY_SLOT = Array.from({ length: 32 }, (_, slot) => [0, 1, 2, 3, 4].map((one) => devfn(slot, one))).flat();

export const ALIAS_QUIRKS: readonly AliasQuirk[] = [
  row("Ricoh FireWire and CardBus", 0x1180, [0xe832, 0xe476], "quirk_dma_func0_alias", FUNCTION_0),
  row("Glenfly graphics", 0x6766, [0x3d40, 0x3d41], "quirk_dma_func0_alias", FUNCTION_0),
  row(
    "Marvell 88SE91xx SATA",
    0x1b4b,
    [
      0x9120, 0x9123, 0x9125, 0x9128, 0x9130, 0x9170, 0x9172, 0x917a, 0x9182, 0x9183, 0x91a0, 0x9215, 0x9220, 0x9230,
      0x9235,
    ],
    "quirk_dma_func1_alias",
    FUNCTION_1,
  ),
  row("HighPoint RocketRAID 642L and 644L", 0x1103, [0x0642, 0x0645], "quirk_dma_func1_alias", FUNCTION_1),
  row("JMicron JMB388", 0x197b, [0x2392], "quirk_dma_func1_alias", FUNCTION_1),
  row("Plextor M6e", 0x1c28, [0x0122], "quirk_dma_func1_alias", FUNCTION_1),
  row("ASMedia ASM1083 bridge", 0x1b21, [0x1080], "quirk_use_pcie_bridge_dma_alias", CONVENTIONAL),
  row("Tundra Tsi381 bridge", 0x10e3, [0x8113], "quirk_use_pcie_bridge_dma_alias", CONVENTIONAL),
  row("ITE IT8892 and IT8893 bridge", 0x1283, [0x8892, 0x8893], "quirk_use_pcie_bridge_dma_alias", CONVENTIONAL),
  row("Intel 82801 PCI bridge", 0x8086, [0x244e], "quirk_use_pcie_bridge_dma_alias", CONVENTIONAL),
  row("Intel Xeon Phi x200", 0x8086, [0x2260, 0x2264], "quirk_mic_x200_dma_alias", {
    kind: "devfns",
    devfns: [devfn(0x10, 0), devfn(0x11, 0), devfn(0x12, 3)],
  }),
  row(
    "Intel Visual Compute Accelerator",
    0x8086,
    [0x2954, 0x2955, 0x2956, 0x2958, 0x2959, 0x295a],
    "quirk_pex_vca_alias",
    { kind: "devfns", devfns: EVERY_SLOT },
  ),
  row("Broadcom Vulcan and Cavium ThunderX2 bridge", 0x14e4, [0x9000, 0x9084], "quirk_bridge_cavm_thrx2_pcie_root", {
    kind: "translation-root",
  }),
  // Mainline 7.0 (commit 550a190494a0, January 2026).
  {
    ...row("ASPEED AST1150 bridge", 0x1a03, [0x1150], "quirk_aspeed_pci_bridge_no_alias", { kind: "no-alias" }),
    types: ["pcie-to-pci-bridge"],
    since: "7.0",
  },
  row("PLX non-transparent bridge", 0x10b5, [0x87b0, 0x87b1], "quirk_plx_ntb_dma_alias", {
    kind: "devfns",
    devfns: EVERY_DEVFN,
  }),
];
