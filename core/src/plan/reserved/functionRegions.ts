// The reserved regions that the kernel lists for one PCI function: what the description says of its IOMMU, and what the IOMMU's driver adds by itself.
// Sources: Linux, drivers/iommu (intel, amd, arm-smmu, arm-smmu-v3, virtio-iommu: their get_resv_regions); domain.md 1.4 and 2.7b.
// Knows nothing of groups, nor of what the kernel does not list.
import type { AddressRange } from "../../address";
import { address, rangeOfSize } from "../../address";
import type { Iommu, IommuReservedRegion } from "../../platform";
import { printPciAddress, printShortPciAddress } from "../../pciAddress";
import { printRange } from "../../print";
import { writtenBytes } from "../doorbells";
import { kernelOf } from "../groups/iommuGroups";
import { isAtLeast, KERNEL_CHANGES } from "../groups/kernel";
import { iommuInFront } from "../iommuInFront";
import { msiRouteOf } from "../msiRoutes";
import { perPlan } from "../perPlan";
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Plan } from "../plan";
import { coveredIds } from "../requesterIds";
import type { RegionKind, ReservedRegion } from "./regionList";

/** The regions of a function, and why some may be missing, in clauses. */
export interface FunctionRegions {
  readonly regions: readonly ReservedRegion[];
  readonly unknown: readonly string[];
}

/** MSI_IOVA_BASE and MSI_IOVA_LENGTH: where Linux maps doorbells on Arm unless it is told otherwise. */
const SOFTWARE_MSI = fixed(0x0800_0000n, 0x10_0000n);
/** Writes to 0xFEEx_xxxx are interrupts on x86, before any translation. */
const X86_MSI = fixed(0xfee0_0000n, 0x10_0000n);
/** The HyperTransport range, which AMD's IOMMU cannot translate, unless it says so. */
const HYPERTRANSPORT = fixed(0xfd_0000_0000n, 0x3_0000_0000n);
/** What Intel's driver keeps mapped for an ISA bridge, for the sake of floppy controllers. */
const ISA_DMA = fixed(0x0n, 0x100_0000n);
/** Where Apple's PCIe takes MSIs: the kernel lists the page of its own size that holds it (apple-dart.c, DOORBELL_ADDR). */
const DART_DOORBELL = 0xffff_f000n;
/** That of the kernels that these machines need. */
const DART_PAGE = 0x4000n;

const ISA_BRIDGE = /^0601/;

/** A function that no IOMMU translates has no regions: nothing is mapped for it. */
export function functionRegions(plan: Plan, node: PciNode): FunctionRegions {
  const front = iommuInFront(plan, node);
  if (front.kind === "unknown") return { regions: [], unknown: [front.because] };
  if (front.kind !== "iommu") return { regions: [], unknown: [] };
  const described = describedFor(plan, front.iommu, node);
  const { regions, unknown } = byDriver(plan, front.iommu, node, described);
  return { regions: [...described, ...regions], unknown };
}

/**
 * The regions that functions behind an IOMMU have, whichever they are: all that is described, whatever it is for, and what the driver adds for every
 * one of them.
 */
export function iommuRegions(plan: Plan, iommu: Iommu): readonly ReservedRegion[] {
  const described = (iommu.reserved ?? []).flatMap((one) => fromDescription(iommu, one));
  return [...described, ...(byDriverAlways(plan, iommu) ?? [])];
}

function byDriver(plan: Plan, iommu: Iommu, node: PciNode, described: readonly ReservedRegion[]): FunctionRegions {
  const always = byDriverAlways(plan, iommu);
  if (always) return known(iommu.type === "vt-d" ? [...isaBridge(node), ...always] : always);
  if (iommu.type !== "virtio-iommu") return { regions: [], unknown: [`what Linux adds for a ${iommu.type} is not known here`] };
  return described.some((one) => one.kind === "msi") ? known([]) : virtioDoorbell(plan, iommu, node);
}

/** What the driver adds for every function alike; undefined where that is not known, or depends on the function. */
function byDriverAlways(plan: Plan, iommu: Iommu): ReservedRegion[] | undefined {
  const interrupts = region(X86_MSI, "msi", "writes there are interrupts on x86, before any translation");
  switch (iommu.type) {
    case "vt-d":
      return [interrupts];
    case "amd-vi":
      return keepsHyperTransport(plan, iommu)
        ? [interrupts, region(HYPERTRANSPORT, "reserved", "HyperTransport addresses, which AMD's IOMMU does not translate")]
        : [interrupts];
    case "smmuv1":
    case "smmuv2":
    case "smmuv3":
      return softwareMsi(iommu);
    case "dart":
      return [region(dartPage(plan.platform.pageSize ?? DART_PAGE), "msi", "Apple's PCIe takes MSIs at this page")];
    case "riscv-iommu":
      // Its driver has no get_resv_regions (read: a tree after 7.0).
      return [];
    default:
      return undefined;
  }
}

/** Linux, amd_iommu_get_resv_regions. */
function keepsHyperTransport(plan: Plan, iommu: Iommu): boolean {
  return iommu.translatesHyperTransport !== true || !isAtLeast(kernelOf(plan), KERNEL_CHANGES.hyperTransportTranslated);
}

function dartPage(page: bigint): AddressRange<"iova"> {
  return fixed(DART_DOORBELL - (DART_DOORBELL % page), page);
}

function isaBridge({ function: { class: code } }: PciNode): ReservedRegion[] {
  return code !== undefined && ISA_BRIDGE.test(code) ? [region(ISA_DMA, "direct-relaxable", "an ISA bridge: Intel's driver keeps the first 16 MiB for floppy controllers")] : [];
}

function softwareMsi(iommu: Iommu): ReservedRegion[] {
  const window = iommu.msiWindow;
  if (window?.extent && window.programmable !== true) return window.extent.ranges.map((range) => region(range, "msi", `hardware's MSI window of ${iommu.name}`));
  const ranges = window?.extent?.ranges ?? [SOFTWARE_MSI];
  return ranges.map((range) => region(range, "software-msi", `the kernel maps doorbells of devices behind ${iommu.name} here`));
}

/** A virtio-iommu says which doorbell its machine has; a device of a machine that says nothing gets the kernel's own window. */
function virtioDoorbell(plan: Plan, iommu: Iommu, node: PciNode): FunctionRegions {
  if (plan.platform.arch === "x86_64") return known([region(X86_MSI, "msi", `the doorbell that ${iommu.name} reports`)]);
  const doorbell = msiRouteOf(plan, node)?.doorbell;
  if (!doorbell) return { regions: [], unknown: [`which doorbell ${iommu.name} reports for ${node.label} is unknown`] };
  return known(writtenBytes(doorbell).map((range) => region(asEmitted(range), "msi", `the doorbell ${doorbell.name}, which ${iommu.name} reports`)));
}

/** The described regions of an IOMMU by what they are for, so that a function need not look at those of all others. */
interface DescribedRegions {
  readonly everywhere: readonly ReservedRegion[];
  /** By full PCI address. */
  readonly ofDevice: ReadonlyMap<string, readonly ReservedRegion[]>;
  /** By full PCI address of a bridge or port: for what is below it too. */
  readonly below: ReadonlyMap<string, readonly ReservedRegion[]>;
  readonly byIds: readonly { readonly scope: IommuReservedRegion; readonly regions: readonly ReservedRegion[] }[];
}

const indices = perPlan(() => new Map<Iommu, DescribedRegions>());

/** A region without a scope is for every function behind the IOMMU; one for streams is for devices that are not PCI. */
function describedFor(plan: Plan, iommu: Iommu, node: PciNode): readonly ReservedRegion[] {
  const index = indices(plan).get(iommu) ?? indexOf(iommu);
  indices(plan).set(iommu, index);
  const byIds = index.byIds.filter(({ scope }) => coveredIds(plan, node.hostBridge, scope).some((range) => range.first <= node.requesterId && node.requesterId <= range.last));
  return [
    ...index.everywhere,
    ...namedBy(index.ofDevice, node),
    ...[node, ...ancestors(node)].flatMap((one) => namedBy(index.below, one)),
    ...byIds.flatMap(({ regions }) => regions),
  ];
}

/** A segment that a scope leaves out is the function's own. */
function namedBy(index: ReadonlyMap<string, readonly ReservedRegion[]>, node: PciNode): readonly ReservedRegion[] {
  return [...(index.get(node.address) ?? []), ...(index.get(printShortPciAddress(node.function.at)) ?? [])];
}

function indexOf(iommu: Iommu): DescribedRegions {
  const everywhere: ReservedRegion[] = [];
  const ofDevice = new Map<string, ReservedRegion[]>();
  const below = new Map<string, ReservedRegion[]>();
  const byIds: { scope: IommuReservedRegion; regions: ReservedRegion[] }[] = [];
  for (const one of iommu.reserved ?? []) {
    const regions = fromDescription(iommu, one);
    if (one.devices) {
      const index = one.below === true ? below : ofDevice;
      for (const device of one.devices) {
        const key = device.segment === undefined ? printShortPciAddress(device) : printPciAddress(device);
        index.set(key, [...(index.get(key) ?? []), ...regions]);
      }
    } else if (one.ids) byIds.push({ scope: one, regions });
    else if (!one.streams) everywhere.push(...regions);
  }
  return { everywhere, ofDevice, below, byIds };
}

function fromDescription(iommu: Iommu, one: IommuReservedRegion): ReservedRegion[] {
  const name = one.name ?? one.description ?? `described for ${iommu.name}`;
  return (one.extent?.ranges ?? []).map((range) => region(range, one.type, `${name} (${printRange(range)})`));
}

/** A doorbell that an IOMMU does not translate is emitted at its own physical address. */
function asEmitted(range: AddressRange<"pa">): AddressRange<"iova"> {
  return { base: address(range.base), end: address(range.end) };
}

function region(range: AddressRange<"iova">, kind: RegionKind, because: string): ReservedRegion {
  return { range, kind, because: [because] };
}

function known(regions: readonly ReservedRegion[]): FunctionRegions {
  return { regions, unknown: [] };
}

function fixed(base: bigint, size: bigint): AddressRange<"iova"> {
  const range = rangeOfSize(address<"iova">(base), size);
  if (!range) throw new Error("a constant range is empty");
  return range;
}
