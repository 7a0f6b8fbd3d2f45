// What reaches a doorbell or an IOMMU, and what a function reaches: whose MSIs, whose DMA. Knows nothing of editors, nor of how the ways are found.
import type { Anchor } from "../anchor";
import { jsonPointer, under } from "../anchor";
import type { Device, Doorbell, Iommu } from "../platform";
import { iommuInFront, iommuInFrontOfDevice } from "../plan/iommuInFront";
import { msiRouteOf } from "../plan/msiRoutes";
import { perPlan } from "../plan/perPlan";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";

/** An end of a way: something that a write comes from or goes to. */
export interface ReachItem {
  readonly kind: "doorbell" | "iommu" | "function" | "device";
  readonly name: string;
  /** A few words. */
  readonly detail: string;
  /** The whole entry. */
  readonly entry: Anchor;
  /** The value by which it is known: its name, or its PCI address. */
  readonly at: Anchor;
}

type Subject =
  | { readonly kind: "doorbell"; readonly doorbell: Doorbell }
  | { readonly kind: "iommu"; readonly iommu: Iommu }
  | { readonly kind: "function"; readonly node: PciNode }
  | { readonly kind: "device"; readonly device: Device };

/** The end whose entry holds the path, the innermost; undefined for everything else. */
export function reachItemAt(plan: Plan, path: Anchor["path"]): ReachItem | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const subject = subjects(plan).get(jsonPointer(path.slice(0, depth)));
    if (subject) return item(subject, "");
  }
  return undefined;
}

/** Of a doorbell the functions whose MSIs go there, of an IOMMU the functions and devices whose DMA it translates. */
export function whatReaches(plan: Plan, entry: Anchor["path"]): ReachItem[] {
  const subject = subjects(plan).get(jsonPointer(entry));
  if (subject?.kind === "doorbell") return plan.functions.flatMap((node) => toDoorbell(plan, node, subject.doorbell));
  if (subject?.kind !== "iommu") return [];
  const functions = plan.functions.filter((node) => isBehind(iommuInFront(plan, node), subject.iommu)).map((node) => item({ kind: "function", node }, "DMA"));
  const devices = (plan.platform.devices ?? []).filter((device) => isBehind(iommuInFrontOfDevice(plan, device), subject.iommu));
  return [...functions, ...devices.map((device) => item({ kind: "device", device }, "DMA"))];
}

/** Of a function or a device the IOMMU in front of it, and the doorbell of its MSIs. */
export function whatIsReached(plan: Plan, entry: Anchor["path"]): ReachItem[] {
  const subject = subjects(plan).get(jsonPointer(entry));
  if (subject?.kind !== "function" && subject?.kind !== "device") return [];
  const front = subject.kind === "function" ? iommuInFront(plan, subject.node) : iommuInFrontOfDevice(plan, subject.device);
  const doorbell = subject.kind === "function" ? msiRouteOf(plan, subject.node)?.doorbell : undefined;
  return [
    ...(front.kind === "iommu" || front.kind === "disabled" ? [item({ kind: "iommu", iommu: front.iommu }, front.kind === "disabled" ? "DMA; disabled" : "DMA")] : []),
    ...(doorbell ? [item({ kind: "doorbell", doorbell }, "MSIs")] : []),
  ];
}

const subjects = perPlan((plan): ReadonlyMap<string, Subject> => {
  const { doorbells, iommus, devices } = plan.platform;
  const all: (readonly [Anchor, Subject])[] = [
    ...(doorbells ?? []).map((doorbell) => [doorbell.anchor, { kind: "doorbell", doorbell }] as const),
    ...(iommus ?? []).map((iommu) => [iommu.anchor, { kind: "iommu", iommu }] as const),
    ...(devices ?? []).map((device) => [device.anchor, { kind: "device", device }] as const),
    ...plan.functions.map((node) => [node.anchor, { kind: "function", node }] as const),
  ];
  return new Map(all.map(([anchor, subject]) => [jsonPointer(anchor.path), subject]));
});

function toDoorbell(plan: Plan, node: PciNode, doorbell: Doorbell): ReachItem[] {
  const route = msiRouteOf(plan, node);
  if (route?.doorbell !== doorbell) return [];
  return [item({ kind: "function", node }, route.iommu ? `MSIs, through ${route.iommu.name}` : "MSIs, not through an IOMMU")];
}

function isBehind(front: ReturnType<typeof iommuInFront>, iommu: Iommu): boolean {
  return (front.kind === "iommu" || front.kind === "disabled") && front.iommu === iommu;
}

function item(subject: Subject, detail: string): ReachItem {
  switch (subject.kind) {
    case "doorbell":
      return named(subject.kind, subject.doorbell, detail === "" ? subject.doorbell.type : detail);
    case "iommu":
      return named(subject.kind, subject.iommu, detail === "" ? subject.iommu.type : detail);
    case "device":
      return named(subject.kind, subject.device, detail === "" ? "device" : detail);
    case "function": {
      const { anchor, label, function: one } = subject.node;
      return { kind: "function", name: label, detail: detail === "" ? (one.type ?? "") : detail, entry: anchor, at: under(anchor, one.name === undefined ? "at" : "name") };
    }
  }
}

function named(kind: ReachItem["kind"], { name, anchor }: { readonly name: string; readonly anchor: Anchor }, detail: string): ReachItem {
  return { kind, name, detail, entry: anchor, at: under(anchor, "name") };
}
