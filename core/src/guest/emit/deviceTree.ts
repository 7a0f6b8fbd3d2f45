// A device tree overlay that says what a placement says: the banks of memory, and the ranges that the guest's devices must not use, as reserved-memory with
// iommu-addresses. Source: dt-schema, reserved-memory.yaml; domain.md 1.4. Knows nothing of how places are found.
import type { AddressRange } from "../../address";
import { listedLabels } from "../../describe/assignability";
import { describeConflict } from "../../describe/guestPlacement";
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
    `/* ${comment(plan.guest.guest)}, placed for ${plan.hosts.length === 0 ? "no host" : comment(listedLabels(plan.hosts.map((host) => host.name), 8))}. Its PCI host bridge has the label pcie. */`,
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
  return ["", `\tmemory@${bank.base.toString(16)} {`, `\t\tdevice_type = "memory";`, `\t\treg = <${cells(bank.base)} ${cells(bank.end - bank.base)}>;`, "\t};"];
}

function reservedNode({ range, kind, hosts, because }: ForbiddenRange, index: number): string[] {
  const { base, end } = asEmitted(range);
  const why = `${printRange(range)}: ${kindWord(kind)} on ${listedLabels(hosts, 4)}, ${because[0] ?? ""}`;
  return ["", `\t\t/* ${comment(why)} */`, `\t\tclosed-${index}-${base.toString(16)} {`, `\t\t\tiommu-addresses = <&pcie ${cells(base)} ${cells(end - base)}>;`, "\t\t};"];
}

/** Two cells of 32 bits, the higher first. A size of 2^64 cannot be said, and is said as all but the last page. */
function cells(value: bigint): string {
  const sayable = value >> 64n === 0n ? value : (1n << 64n) - 4096n;
  return `0x${(sayable >> 32n).toString(16)} 0x${(sayable & 0xffff_ffffn).toString(16)}`;
}

/** Names and descriptions are other people's text: nothing in them ends the comment. */
function comment(text: string): string {
  return text.replaceAll("*/", "* /").replace(/[^\x20-\x7e]/g, "?");
}
