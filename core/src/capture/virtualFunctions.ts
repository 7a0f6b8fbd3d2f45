// The addresses of the virtual functions that a physical function has switched on. Knows nothing of what sits there.
import type { PciAddress } from "../pciAddress";
import { printPciAddress, requesterId } from "../pciAddress";
import type { FunctionFacts } from "./pciFunctionFacts";

/**
 * By first offset and stride of the SR-IOV capability (PCIe base specification, 9.2.1.2). Empty where these are not
 * known.
 */
export function virtualFunctionsOf(at: PciAddress, sriov: FunctionFacts["sriov"]): string[] {
  if (typeof sriov !== "object" || sriov.offset === undefined) return [];
  const found: string[] = [];
  for (let index = 0; index < Math.min(sriov.enabled, 0xffff); index++) {
    const id = requesterId(at) + sriov.offset + index * (sriov.stride ?? 1);
    if (id > 0xffff) break;
    found.push(printPciAddress({ segment: at.segment, bus: id >> 8, device: (id >> 3) & 31, function: id & 7 }));
  }
  return found;
}
