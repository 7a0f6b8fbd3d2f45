// The reserved regions of some functions as one list, as the kernel keeps that of a group. Knows nothing of which
// functions are a group.
import type { PciNode } from "../pciTree";
import type { Plan } from "../plan";
import type { FunctionRegions } from "./functionRegions";
import { functionRegions } from "./functionRegions";
import { kernelList } from "./regionList";

/** Sorted and merged by the kernel's rule; and why regions may be missing, in clauses, each once. */
export function regionsOfNodes(plan: Plan, nodes: readonly PciNode[]): FunctionRegions {
  const each = nodes.map((node) => functionRegions(plan, node));
  return {
    regions: kernelList(each.flatMap((one) => one.regions)),
    unknown: [...new Set(each.flatMap((one) => one.unknown))],
  };
}
