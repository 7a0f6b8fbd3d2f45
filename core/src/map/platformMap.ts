// The memory map of a platform: every lane, every way between them, every finding with a place. Knows nothing of coordinates.
import { sizeOf } from "../address";
import type { Finding } from "../finding";
import type { Plan } from "../plan/plan";
import { busLanes, physicalLane } from "./addressLanes";
import { iovaLanes } from "./iovaLanes";
import { mapFindings } from "./mapFindings";
import { mapLinks } from "./mapLinks";
import type { MapModel } from "./mapModel";
import { printMapSize } from "./mapText";

/** All of it, in the order in which it is drawn; which lanes fit is for the layout. `findings` are those of the same text, in its order. */
export function platformMap(plan: Plan, findings: readonly Finding[]): MapModel {
  const { platform, description } = plan.platform;
  const iova = iovaLanes(plan);
  const physical = physicalLane(plan);
  const buses = (plan.platform.pci ?? []).flatMap((bridge) => busLanes(plan, bridge));
  const lanes = [...iova.map(({ lane }) => lane), physical, ...buses];
  return {
    title: platform,
    subtitle: description ?? summaryOf(plan),
    lanes,
    links: mapLinks(plan, iova, physical),
    findings: mapFindings(findings, lanes),
  };
}

function summaryOf({ platform: { arch, memory, pci }, functions }: Plan): string {
  const ram = (memory ?? []).filter(({ type, disabled }) => (type ?? "ram") === "ram" && disabled !== true);
  const bytes = ram.flatMap(({ extent }) => extent?.ranges ?? []).reduce((sum, range) => sum + sizeOf(range), 0n);
  const parts = [
    arch,
    bytes > 0n ? `${printMapSize(bytes)} of RAM` : undefined,
    pci && counted(pci.length, "PCI host bridge"),
    functions.length > 0 ? counted(functions.length, "PCI function") : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
