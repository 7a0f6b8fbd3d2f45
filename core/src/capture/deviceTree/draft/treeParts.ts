// The parts of a device tree's physical map: every range with whose it is. Knows nothing of names.
import type { CapturedRange } from "../../reading";
import type { TreeDevice } from "../deviceNodes";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeDoorbell } from "../doorbellNodes";
import type { TreeIommu } from "../iommuNodes";
import type { TreeHostBridge } from "../pciHosts";
import type { Nested, Part } from "./containment";

/** `registers` are those of a host bridge that are neither configuration space nor window. */
export type Owner =
  | { readonly kind: "device"; readonly device: TreeDevice; readonly disabled: boolean }
  | { readonly kind: "registers"; readonly bridge: TreeHostBridge; readonly disabled: boolean }
  | { readonly kind: "bridge"; readonly bridge: TreeHostBridge; readonly disabled: boolean }
  | { readonly kind: "iommu"; readonly iommu: TreeIommu; readonly disabled: boolean }
  | { readonly kind: "doorbell"; readonly doorbell: TreeDoorbell; readonly disabled: boolean };

/**
 * Of equal ranges, what is on comes before what is off, then host bridges, IOMMUs, doorbells and devices in this order.
 */
export function partsOf(facts: DeviceTreeFacts): Part<Owner>[] {
  const parts: Part<Owner>[] = [];
  const add = (owner: Owner, ranges: readonly (CapturedRange & { readonly name?: string | undefined })[]): void => {
    const rank = parts.length + (owner.disabled ? 1e9 : 0);
    for (const { base, last, name } of ranges) parts.push({ base, last, name, owner, rank });
  };
  for (const bridge of facts.bridges) {
    const { windows, registers, disabled } = bridge;
    const outbound =
      windows === "unknown" ? [] : windows.map(({ cpu, size }) => ({ base: cpu, last: cpu + size - 1n }));
    add({ kind: "bridge", bridge, disabled }, [
      ...(registers.config === "unknown" ? [] : [registers.config]),
      ...outbound,
    ]);
    add({ kind: "registers", bridge, disabled }, registers.others);
  }
  for (const iommu of facts.iommus) add({ kind: "iommu", iommu, disabled: iommu.disabled }, iommu.ranges);
  for (const doorbell of facts.doorbells)
    add({ kind: "doorbell", doorbell, disabled: doorbell.disabled }, doorbell.ranges);
  for (const device of facts.devices) add({ kind: "device", device, disabled: device.disabled }, device.registers);
  return parts;
}

/**
 * What is switched off gives way where it lies across something, or around a host bridge: that is the same controller
 * in its other mode. Two that are on are the reader's to judge.
 */
export function crossedOwners({ part, inside, crosses }: Nested<Owner>): Owner[] {
  if (inside && part.owner.kind === "bridge" && inside.owner.kind === "device" && inside.owner.disabled)
    return [inside.owner];
  if (!crosses) return [];
  return [part.owner, crosses.owner].filter((owner) => owner.kind === "device" && owner.disabled).slice(0, 1);
}
