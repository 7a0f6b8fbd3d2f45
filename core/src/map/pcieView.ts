// The PCIe tree as rows: host bridges, ports and functions, each with its IOMMU group, its ACS bits, and what is in front of it.
// Plain data for a page. Knows nothing of colours, nor of how groups are made.
import type { AcsBit } from "../acs";
import { ACS_BITS, ISOLATING_ACS_BITS } from "../acs";
import type { Path } from "../anchor";
import { jsonPointer } from "../anchor";
import { describeVerdictOf } from "../describe/assignability";
import type { Finding, Severity } from "../finding";
import type { HostBridge } from "../platform";
import { assignabilityOf } from "../plan/assignability";
import { groupsOf } from "../plan/assignedGroups";
import { isBridge } from "../plan/assignmentObstacles";
import { blamedOn, groupOf } from "../plan/groupOfFunction";
import type { Group } from "../plan/groups/assignment";
import { describeJoin, describeRemedy } from "../plan/groups/describeGroups";
import { printKernelVersion } from "../plan/groups/kernel";
import { iommuInFront } from "../plan/iommuInFront";
import { msiRouteOf } from "../plan/msiRoutes";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import { isTextSpan } from "../problem";
import { printMapAddress } from "./mapText";
import { iovaLanes } from "./iovaLanes";

/** What a function is on its link: a form each. */
export type FunctionShape = "host-bridge" | "root-port" | "upstream-port" | "downstream-port" | "bridge" | "endpoint" | "pci-device" | "unknown";

/** `on`; `needed`: it could be on, is off, and Linux needs it; `off`: off and not needed; `absent`: not implemented; `unknown`. */
export type AcsMark = "on" | "needed" | "off" | "absent" | "unknown";

export interface PcieRow {
  /** Unique in the view. */
  readonly id: string;
  readonly depth: number;
  readonly shape: FunctionShape;
  readonly name: string;
  /** `01:00.0`, with the segment where it is not 0; empty for a host bridge. */
  readonly address: string;
  readonly type: string;
  /** Index among the groups; undefined where it has none, or where that is not settled. */
  readonly group: number | undefined;
  /** In the order of lspci; undefined where there is no capability. */
  readonly acs: readonly { readonly bit: AcsBit; readonly isNeeded: boolean; readonly mark: AcsMark }[] | undefined;
  /** Whether it isolates, and why not, in a few words. */
  readonly isolation: string;
  /** Functions that came into a group because of it. */
  readonly blamedFor: readonly string[];
  readonly iommu: string;
  readonly doorbell: string;
  /** Whether a guest can have it. */
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string; readonly severity: Severity; readonly message: string }[];
  /** The value to select in the text. */
  readonly path: Path;
  /** The lane of what it can address. */
  readonly lane: string | undefined;
}

export interface PcieGroup {
  /** Ids of rows, in the order in which they came into the group. */
  readonly members: readonly string[];
  /** Of three, cycling; undefined for a function that is alone: a well isolated machine is a grey picture. */
  readonly hue: number | undefined;
  /** Why each is in it and what would take it out, in sentences. */
  readonly reasons: readonly string[];
}

export interface PcieView {
  /** Whose groups these are: "Linux 6.12". */
  readonly kernel: string;
  readonly rows: readonly PcieRow[];
  readonly groups: readonly PcieGroup[];
  /** What the description does not settle, in clauses. */
  readonly unknown: readonly string[];
}

/** The tree in the order of the description, each bridge before what is behind it. */
export function pcieView(plan: Plan, findings: readonly Finding[]): PcieView {
  const groups = groupsOf(plan);
  const context: Context = { plan, index: new Map(groups.groups.map((group, index) => [group, index])), lanes: lanesByNode(plan), findings: findingsByFunction(plan, findings) };
  const rows = (plan.platform.pci ?? []).flatMap((bridge) => [bridgeRow(bridge), ...plan.functionsOf(bridge).map((node) => functionRow(context, node))]);
  return {
    kernel: `Linux ${printKernelVersion(groups.kernel)}`,
    rows,
    groups: coloured(groups.groups.map((group) => groupView(plan, group)), rows),
    unknown: [...new Set([...groups.undetermined.flatMap(({ because }) => because), ...groups.membership.unknown])],
  };
}

interface Context {
  readonly plan: Plan;
  readonly index: ReadonlyMap<Group, number>;
  readonly lanes: ReadonlyMap<PciNode, string>;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

function bridgeRow(bridge: HostBridge): PcieRow {
  const { name, segment, buses, iommu, msi, anchor } = bridge;
  const range = `buses ${hex(buses?.first ?? 0)}-${hex(buses?.last ?? 0xff)}`;
  return {
    id: `bridge:${name}`, depth: 0, shape: "host-bridge", name, address: "", type: `host bridge, segment ${segment ?? 0}, ${range}`, group: undefined, acs: undefined, isolation: "", blamedFor: [],
    iommu: typeof iommu === "string" ? iommu : "", doorbell: typeof msi === "string" ? msi : "", verdict: bridge.disabled === true ? "disabled" : "", findings: [], path: [...anchor.path, "name"], lane: undefined,
  };
}

function functionRow({ plan, index, lanes, findings }: Context, node: PciNode): PcieRow {
  const { function: one, address, anchor } = node;
  const group = groupOf(plan, node);
  return {
    id: address,
    depth: depthOf(node),
    shape: SHAPES[one.type ?? "unknown"] ?? "unknown",
    name: one.name ?? "",
    address: address.replace(/^0000:/, ""),
    type: one.type === undefined || one.type === "unknown" ? "type not known" : one.type.replaceAll("-", " ").replace(/\bpcie?\b/g, (word) => (word === "pci" ? "PCI" : "PCIe")),
    group: group && index.get(group),
    acs: acsOf(plan, node),
    isolation: isolationOf(plan, node),
    blamedFor: [...new Set(blamedOn(plan, node).map((blamed) => blamed.node))].filter((other) => other !== node).map((other) => other.label),
    iommu: describeFront(plan, node),
    doorbell: describeDoorbell(plan, node),
    verdict: isBridge(node) ? "stays with the host" : describeVerdictOf(assignabilityOf(plan, node)),
    findings: (findings.get(jsonPointer(anchor.path)) ?? []).map(({ rule, severity, message }) => ({ rule, severity, message })),
    path: [...anchor.path, "at"],
    lane: lanes.get(node),
  };
}

const SHAPES: Readonly<Record<string, FunctionShape>> = {
  "root-port": "root-port",
  "upstream-port": "upstream-port",
  "downstream-port": "downstream-port",
  endpoint: "endpoint",
  "legacy-endpoint": "endpoint",
  "integrated-endpoint": "endpoint",
  "event-collector": "endpoint",
  "pcie-to-pci-bridge": "bridge",
  "pci-to-pcie-bridge": "bridge",
  "pci-bridge": "bridge",
  "pci-device": "pci-device",
};

function depthOf(node: PciNode): number {
  let depth = 1;
  for (let up = node.parent; up; up = up.parent) depth++;
  return depth;
}

/** What is needed, of a function that does not isolate, is what the test missed. */
function acsOf(plan: Plan, node: PciNode): PcieRow["acs"] {
  const { acs } = node.function;
  if (acs === undefined || acs === "none") return undefined;
  const { verdict } = groupsOf(plan).isolationOf(node);
  const missing: readonly AcsBit[] = verdict.kind === "disabled-bits" ? verdict.missing : [];
  return ACS_BITS.map(({ bit }) => ({ bit, isNeeded: ISOLATING_ACS_BITS.includes(bit), mark: markOf(acs, bit, missing) }));
}

function markOf(acs: Exclude<PciNode["function"]["acs"], undefined | "none">, bit: AcsBit, missing: readonly AcsBit[]): AcsMark {
  if (acs === "unknown" || acs.capable === "unknown" || acs.enabled === "unknown") return "unknown";
  if (acs.enabled.includes(bit)) return "on";
  if (missing.includes(bit)) return "needed";
  return acs.capable.includes(bit) ? "off" : "absent";
}

function isolationOf(plan: Plan, node: PciNode): string {
  const { verdict, quirk } = groupsOf(plan).isolationOf(node);
  if (quirk !== undefined) return `${verdict.kind === "isolates" ? "isolates" : "does not isolate"}, by quirk: ${quirk}`;
  switch (verdict.kind) {
    case "isolates":
      return node.function.acs === undefined || node.function.acs === "none" ? "no need: one function" : "isolates";
    case "disabled-bits":
      return `${verdict.missing.join(" ")} off`;
    case "no-capability":
      return "no ACS";
    case "wrong-type":
      return "cannot have ACS";
    case "unknown":
      return "not known";
  }
}

function describeFront(plan: Plan, node: PciNode): string {
  const front = iommuInFront(plan, node);
  switch (front.kind) {
    case "iommu":
      return front.iommu.name;
    case "disabled":
      return `${front.iommu.name} (disabled)`;
    case "none":
      return "none";
    case "unknown":
      return "not known";
  }
}

/** Where its interrupts are written to, and what that is. */
function describeDoorbell(plan: Plan, node: PciNode): string {
  const route = msiRouteOf(plan, node);
  if (!route) return "";
  const [range] = route.emitted.ranges;
  return `${route.doorbell?.name ?? "root complex"}${range ? ` at ${printMapAddress(range.base, "bus")}` : ""}`;
}

function lanesByNode(plan: Plan): ReadonlyMap<PciNode, string> {
  return new Map(iovaLanes(plan).flatMap(({ lane, nodes }) => nodes.map((node) => [node, lane.id] as const)));
}

/** The findings of each function by its pointer: those in its own entry, and not in one behind it. */
function findingsByFunction(plan: Plan, findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const pointers = new Set(plan.functions.map((node) => jsonPointer(node.anchor.path)));
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (isTextSpan(finding.at) || finding.severity === "hint") continue;
    const { path } = finding.at;
    const depth = [...path.keys()].reverse().find((at) => pointers.has(jsonPointer(path.slice(0, at + 1))));
    if (depth === undefined) continue;
    const pointer = jsonPointer(path.slice(0, depth + 1));
    found.set(pointer, [...(found.get(pointer) ?? []), finding]);
  }
  return found;
}

function groupView(plan: Plan, { members, joins }: Group): PcieGroup {
  const groups = groupsOf(plan);
  const reasons = [...joins].flatMap(([node, join]) => [`${describeJoin(groups, node, join)}.`, `${describeRemedy(groups, node, join)}.`]);
  return { members: members.map((node) => node.address), hue: undefined, reasons };
}

const HUES = 3;

/** In the order of the rows, so that neighbours differ. */
function coloured(groups: readonly PcieGroup[], rows: readonly PcieRow[]): PcieGroup[] {
  const shared = [...new Set(rows.flatMap(({ group }) => group ?? []))].filter((index) => (groups[index]?.members.length ?? 0) > 1);
  return groups.map((group, index) => (shared.includes(index) ? { ...group, hue: shared.indexOf(index) % HUES } : group));
}

function hex(bus: number): string {
  return bus.toString(16).padStart(2, "0");
}
