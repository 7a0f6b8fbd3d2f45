// IOMMUs in a draft from a device tree: the units, and which devices are behind them. Knows nothing of PCI mappings.
import { printIdRange, printShortPciAddress } from "../../../pciAddress";
import type { DraftItem, DraftValue } from "../../draft/draft";
import { list, listUnlessEmpty, record } from "../../draft/draft";
import { inclusive, placeOf } from "../../draft/places";
import type { TreeDevice } from "../deviceNodes";
import type { DeviceTreeFacts } from "../deviceTree";
import type { EntryNames } from "./draftTreeBridges";
import { functionOf, functionOnRootBus, reservedRegionsOf } from "./reservedRegions";
import { joined, streamsOf } from "./streams";
import type { TreeMap } from "./treeMap";

/** Linux's own choice on Arm, when nothing else is said (domain.md 1.4). */
const SOFTWARE_MSI_WINDOW = { base: 0x800_0000n, last: 0x80f_ffffn };

export function draftTreeIommus(facts: DeviceTreeFacts, map: TreeMap): DraftItem[] {
  const forPci = new Set(
    facts.bridges.flatMap(({ iommuMap }) => (iommuMap?.entries ?? []).map(({ target }) => target)),
  );
  return facts.iommus.map((iommu) => {
    const software = iommu.type.startsWith("smmu") && forPci.has(iommu.node) && !iommu.disabled;
    return {
      value: record(
        {
          name: map.iommus.get(iommu),
          type: iommu.type,
          ...rangesOf(iommu.ranges),
          at: iommu.requesterId === undefined ? undefined : printShortPciAddress(functionOf(iommu.requesterId)),
          msiWindow: software ? record({ ...placeOf(SOFTWARE_MSI_WINDOW), programmable: true }) : undefined,
          reserved: listUnlessEmpty(reservedRegionsOf(iommu, facts, functionOnRootBus)),
          in: map.inside.get(iommu),
          disabled: iommu.disabled || undefined,
        },
        iommu.node.path,
      ),
    };
  });
}

/** `base` and `size`, or `ranges`. */
export function rangesOf(ranges: readonly { base: bigint; last: bigint }[]): Parameters<typeof record>[0] {
  const [only, ...more] = ranges;
  if (!only) return {};
  return more.length === 0 ? placeOf(only) : { ranges: list(ranges.map(inclusive)) };
}

/** The IOMMUs in front of a device that is not PCI; undefined where there is none that is on. */
export function deviceIommuOf(device: TreeDevice, names: EntryNames): DraftValue | undefined {
  const mapped = (device.iommuMap?.entries ?? []).map(({ target, output, length }) => ({
    target,
    args: [output],
    length,
  }));
  const all = [...device.iommus, ...mapped].map((one) => ({ ...one, to: names.iommu(one.target) }));
  if (all.some(({ to }) => to === undefined)) return "unknown";
  const active = all.flatMap(({ to, ...one }) =>
    to && !to.disabled ? [{ to: to.name, streams: streamsOf(one) }] : [],
  );
  if (active.some(({ streams }) => streams === undefined)) return "unknown";
  const streams = joined(active.flatMap(({ to, streams: own }) => (own ?? []).map((one) => ({ to, ...one }))));
  const incomplete = mapped.length === 1 && (mapped[0]?.length ?? 0) <= 1 ? true : undefined;
  return listUnlessEmpty(
    streams.map(({ to, first, last }) =>
      record({
        streams: first === undefined ? undefined : printIdRange({ first, last: last ?? first }),
        to,
        incomplete,
      }),
    ),
  );
}
