// What is meant to be assigned to guests, and the ports and bridges above it. Knows nothing of whether that is safe.
import type { Device } from "../platform";
import { perPlan } from "./perPlan";
import type { PciNode } from "./pciTree";
import { ancestors } from "./pciTree";

/** The PCI functions with `assign: true`. Where one, or something above it, is disabled there is nothing to assign. */
export const assignedFunctions = perPlan((plan): readonly PciNode[] => plan.functions.filter((node) => node.function.assign === true && isOn(node)));

/** The devices that are not PCI with `assign: true`. */
export const assignedDevices = perPlan((plan): readonly Device[] =>
  (plan.platform.devices ?? []).filter((device) => device.assign === true && device.disabled !== true),
);

/** Each port and bridge above something assigned, with what is assigned below it. In the order of the description. */
export const bridgesAboveAssigned = perPlan((plan): ReadonlyMap<PciNode, readonly PciNode[]> => {
  const below = new Map<PciNode, PciNode[]>();
  for (const node of assignedFunctions(plan)) {
    for (const bridge of ancestors(node)) {
      const found = below.get(bridge);
      if (found) found.push(node);
      else below.set(bridge, [node]);
    }
  }
  return below;
});

function isOn(node: PciNode): boolean {
  if (node.hostBridge.disabled === true || node.function.disabled === true) return false;
  for (const bridge of ancestors(node)) if (bridge.function.disabled === true) return false;
  return true;
}
