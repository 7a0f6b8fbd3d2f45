// The CXL parts of a draft: fixed memory windows with their targets, and the registers of CXL host bridges, from the
// CEDT and /proc/iomem. Which host bridge has which UID is told by AML. Knows nothing of PCI's own parts.
import { printSizeLiteral } from "../../print";
import type { Cedt, CxlFixedWindow } from "../acpi/cedt";
import type { Capture } from "../capture";
import type { CapturedRange } from "../reading";
import { meets } from "../reading";
import type { HostBridge } from "./bridges";
import type { DraftItem, DraftRecord } from "./draft";
import { list, record } from "./draft";
import type { NamedBridge } from "./draftBridges";
import { inclusive } from "./places";

/** The CEDT's windows, and those that only the kernel's resources show (`shown`). */
export function draftCxlWindows(
  capture: Capture,
  shown: readonly CapturedRange[],
  bridges: readonly NamedBridge[],
): DraftItem[] {
  const windows = capture.acpi?.cedt?.windows ?? [];
  const others = shown.filter((one) => !windows.some((window) => meets(window, one)));
  return [
    ...windows.map((window) => draftWindow(window, capture, bridges)),
    ...others.map((one) => ({ value: record({ range: inclusive(one) }) })),
  ];
}

/** `cxl` of a host bridge: its component registers; undefined for one that is no CXL bridge, as far as can be told. */
export function draftCxlRegisters(bridge: HostBridge, capture: Capture): DraftRecord | undefined {
  const registers = (capture.acpi?.cedt?.hostBridges ?? []).find((one) => isUid(one.uid, bridge, capture));
  return registers && record({ registers: inclusive(registers) });
}

/** The comment of the section: where windows and targets come from. */
export function cxlComment(cedt: Cedt | undefined): string {
  return cedt ? "From the CEDT." : "From /proc/iomem; their targets stand in the CEDT.";
}

function draftWindow(window: CxlFixedWindow, capture: Capture, bridges: readonly NamedBridge[]): DraftItem {
  const names = window.targets.map((uid) => bridges.find(({ bridge }) => isUid(uid, bridge, capture))?.name);
  const known = names.filter((name) => name !== undefined);
  const all = known.length === names.length;
  return {
    value: record({
      range: inclusive(window),
      targets: all ? list(known) : undefined,
      granularity: window.granularity < 1024n ? `${window.granularity}` : printSizeLiteral(window.granularity),
    }),
    comment: all
      ? []
      : [`its targets are the host bridges with the UIDs ${window.targets.join(", ")}; which these are is not known`],
  };
}

function isUid(uid: number, bridge: HostBridge, { acpi }: Capture): boolean {
  return (acpi?.amlHostBridges ?? []).some(
    (one) => one.uid === uid && one.segment === bridge.segment && one.firstBus === bridge.firstBus,
  );
}
