// What the firmware's tables say of one host bridge: which IOMMU is in front of its functions and which doorbell their
// MSIs reach, as values of the language. Knows nothing of how tables are read.
import type { PciAddress } from "../../pciAddress";
import { parsePciAddress, printIdRange, printPciAddress, printShortPciAddress } from "../../pciAddress";
import { printPlainAddress } from "../../print";
import type { TableFacts } from "../acpi/tableFacts";
import type { TableMapping, TableScope } from "../acpi/tableIommus";
import type { HostBridge } from "./bridges";
import type { DraftValue } from "./draft";
import { list, record } from "./draft";

type Fields = Readonly<Record<string, DraftValue | undefined>>;

/** The names that the draft gives to what tables refer to. */
export interface TableNames {
  /** By the key of a unit in the tables. */
  readonly iommus: ReadonlyMap<string, string>;
  /** By the first byte of a doorbell. */
  readonly doorbells: ReadonlyMap<bigint, string>;
}

/**
 * `iommu` of a host bridge: its part of the mappings, `"none"` where the tables have none for it, `"unknown"` where no
 * table tells. An id that no mapping has is behind no IOMMU (domain.md 4.3).
 */
export function draftIommuMappings(bridge: HostBridge, tables: TableFacts | undefined, names: TableNames): DraftValue {
  if (!tables?.complete) return "unknown";
  const entries = tables.mappings.flatMap((mapping) => {
    const to = names.iommus.get(mapping.to);
    const scope = mapping.segment === bridge.segment ? scopeOf(mapping.scope, bridge) : undefined;
    return to === undefined || !scope ? [] : [record({ ...scope.fields, to, ...streamOf(mapping, scope.skipped) })];
  });
  return entries.length === 0 ? "none" : list(entries);
}

/**
 * `msi` of a host bridge: its part of the IORT's mappings; without any, the first GICv2m frame, as Linux takes it;
 * `"none"` where the tables have neither; `"unknown"` where no table tells.
 */
export function draftMsiMappings(bridge: HostBridge, tables: TableFacts | undefined, names: TableNames): DraftValue {
  const entries = (tables?.msi ?? []).flatMap((one) => {
    const to = names.doorbells.get(one.doorbell);
    const ids = one.segment === bridge.segment ? clipped(one, bridge) : undefined;
    if (to === undefined || !ids) return [];
    const deviceIds = one.same
      ? { deviceIds: hex(one.deviceIds), mask: "0x0" }
      : { deviceIds: hex(one.deviceIds + ids.skipped) };
    return [record({ ids: one.same ? "0000-ffff" : printIdRange(ids), to, ...deviceIds })];
  });
  if (entries.length > 0) return list(entries);
  const frame = tables?.doorbells.find((one) => one.type === "gicv2m");
  const name = frame && names.doorbells.get(frame.base);
  return name ?? (tables?.msi ? "none" : "unknown");
}

/** A scope's keys. A range of ids is cut to the bridge's own; `skipped` of them are cut off in front. */
export function scopeFields(scope: TableScope, segment: number): Fields {
  switch (scope.kind) {
    case "all":
      return {};
    case "ids":
      return { ids: printIdRange(scope) };
    case "streams":
      return { streams: printIdRange(scope) };
    case "devices":
      return {
        devices: list(scope.devices.map((device) => shortAddress(device, segment))),
        below: scope.below || undefined,
      };
  }
}

function scopeOf(scope: TableScope, bridge: HostBridge): { fields: Fields; skipped: number } | undefined {
  if (scope.kind === "ids") {
    const ids = clipped(scope, bridge);
    return ids && { fields: { ids: printIdRange(ids) }, skipped: ids.skipped };
  }
  if (scope.kind !== "devices") return { fields: {}, skipped: 0 };
  const devices = scope.devices.filter((device) => isOn(parsePciAddress(device), bridge));
  return devices.length === 0 ? undefined : { fields: scopeFields({ ...scope, devices }, bridge.segment), skipped: 0 };
}

function streamOf({ stream, same }: TableMapping, skipped: number): Fields {
  if (stream === undefined) return {};
  return same ? { ids: "0000-ffff", stream: hex(stream), mask: "0x0" } : { stream: hex(stream + skipped) };
}

function clipped(
  ids: { first: number; last: number },
  bridge: HostBridge,
): { first: number; last: number; skipped: number } | undefined {
  const first = Math.max(ids.first, bridge.firstBus << 8);
  const last = Math.min(ids.last, (bridge.lastBus << 8) | 0xff);
  return first <= last ? { first, last, skipped: first - ids.first } : undefined;
}

function isOn(at: PciAddress | undefined, bridge: HostBridge): boolean {
  return (
    at !== undefined && (at.segment ?? 0) === bridge.segment && bridge.firstBus <= at.bus && at.bus <= bridge.lastBus
  );
}

function shortAddress(device: string, segment: number): string {
  const at = parsePciAddress(device);
  if (!at) return device;
  return (at.segment ?? 0) === segment ? printShortPciAddress(at) : printPciAddress(at);
}

function hex(value: number): string {
  return printPlainAddress(BigInt(value));
}
