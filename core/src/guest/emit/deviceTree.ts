// A device tree overlay that says what a placement says: the banks of memory, and the ranges that the guest's devices must not use, as reserved-memory with
// iommu-addresses. Source: dt-schema, reserved-memory.yaml; domain.md 1.4. Knows nothing of how places are found.
import type { AddressRange } from "../../address";
import { listedLabels } from "../../describe/assignability";
import { describeConflict } from "../../describe/guestPlacement";
import { rangeCells } from "../../export/deviceTreeCells";
import { commentText } from "../../export/identifiers";
import { printRange } from "../../print";
import { asEmitted } from "../dmaAddresses";
import type { ForbiddenRange } from "../forbidden";
import { kindWord } from "../forbidden";
import { forbiddenOf, placementOf } from "../guestPlacement";
import type { GuestPlan } from "../guestPlan";
import { banksOf } from "../placement/place";
import type { Emitted } from "./launch";

/** For the guest's own tree, whose PCI host bridge has the label `pcie`. A node without `reg` is a pure reservation of I/O virtual addresses. */
export function emitDeviceTree(plan: GuestPlan): Emitted {
  const placement = placementOf(plan);
  const [conflict] = placement.conflicts;
  if (conflict) return { cannot: `the guest does not fit: ${describeConflict(conflict)}` };
  const { ranges, top } = forbiddenOf(plan);
  const closed = ranges.filter((one) => one.range.base < top.end);
  const lines = [
    "/dts-v1/;",
    "/plugin/;",
    "",
    `/* ${commentText(plan.guest.guest)}, placed for ${plan.hosts.length === 0 ? "no host" : commentText(listedLabels(plan.hosts.map((host) => host.name), 8))}. Its PCI host bridge has the label pcie. */`,
    "&{/} {",
    "\t#address-cells = <2>;",
    "\t#size-cells = <2>;",
    ...banksOf(placement).flatMap(memoryNode),
    ...(closed.length === 0 ? [] : ["", "\treserved-memory {", "\t\t#address-cells = <2>;", "\t\t#size-cells = <2>;", "\t\tranges;", ...closed.flatMap(reservedNode), "\t};"]),
    "};",
  ];
  return { text: lines.join("\n") + "\n" };
}

function memoryNode(bank: AddressRange<"ipa">): string[] {
  return ["", `\tmemory@${bank.base.toString(16)} {`, `\t\tdevice_type = "memory";`, `\t\treg = ${rangeCells(bank).map((range) => `<${range}>`).join(", ")};`, "\t};"];
}

function reservedNode({ range, kind, hosts, because }: ForbiddenRange, index: number): string[] {
  const closed = asEmitted(range);
  const why = `${printRange(range)}: ${kindWord(kind)} on ${listedLabels(hosts, 4)}, ${because[0] ?? ""}`;
  return ["", `\t\t/* ${commentText(why)} */`, `\t\tclosed-${index}-${closed.base.toString(16)} {`, `\t\t\tiommu-addresses = ${rangeCells(closed).map((part) => `<&pcie ${part}>`).join(", ")};`, "\t\t};"];
}
