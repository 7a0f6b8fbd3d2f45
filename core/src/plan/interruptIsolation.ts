// Whether a function that is given to a guest can raise interrupts that are not its own: what VFIO asks of a group
// before it hands it out. Source: Linux, iommu_group_has_isolated_msi and the flags of its MSI domains; domain.md 1.5
// and 3.3. Knows nothing of groups.
import type { Doorbell } from "../platform";
import type { InFront } from "./iommuInFront";
import { iommuInFront } from "./iommuInFront";
import { msiRouteOf, msiRouting } from "./msiRoutes";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";

/**
 * `open`: it can raise any interrupt, and VFIO refuses it unless `allow_unsafe_interrupts` is set. `because` is a
 * clause.
 */
export interface InterruptIsolation {
  readonly kind: "isolated" | "open" | "unknown";
  readonly because: string;
}

/**
 * Whether something checks which interrupts a function may raise: on x86 the IOMMU, elsewhere the controller behind the
 * doorbell.
 */
export function interruptIsolation(plan: Plan, node: PciNode): InterruptIsolation {
  const front = iommuInFront(plan, node);
  return isX86(plan, node, front) ? byRemapping(plan, front) : byController(plan, node);
}

/** Controllers that compare the device id of each write with a table. */
const CHECKING: ReadonlySet<Doorbell["type"]> = new Set<Doorbell["type"]>(["its", "pre-its"]);

function isX86({ platform: { arch } }: Plan, { hostBridge: { msi } }: PciNode, front: InFront): boolean {
  if (arch !== undefined) return arch === "x86_64";
  return front.kind === "iommu" ? front.iommu.type === "vt-d" || front.iommu.type === "amd-vi" : msi === undefined;
}

/**
 * What a description leaves out is not there; an importer that could not tell says `"unknown"` (language.md). A virtio-iommu has none.
 */
function byRemapping({ platform: { captured } }: Plan, front: InFront): InterruptIsolation {
  const off = (captured?.commandLine ?? "")
    .split(/\s+/)
    .find((word) => word === "intremap=off" || word === "nointremap");
  if (off !== undefined)
    return { kind: "open", because: `the kernel ran with ${off}: nothing checks which interrupts it raises` };
  if (front.kind === "unknown") return front;
  if (front.kind !== "iommu") return { kind: "open", because: "no IOMMU checks which interrupts it raises" };
  const { name, type, interruptRemapping } = front.iommu;
  if (interruptRemapping === true) return { kind: "isolated", because: `${name} remaps its interrupts` };
  if (interruptRemapping === "unknown" && type !== "virtio-iommu")
    return { kind: "unknown", because: `whether ${name} remaps interrupts is unknown` };
  return { kind: "open", because: `${name} does not remap interrupts, so it can raise any` };
}

function byController(plan: Plan, node: PciNode): InterruptIsolation {
  const { hostBridge } = node;
  const route = msiRouteOf(plan, node);
  if (!route) return withoutRoute(plan, node);
  const { doorbell } = route;
  if (!doorbell) return { kind: "open", because: `${hostBridge.name} takes MSIs itself and does not check who writes` };
  if (CHECKING.has(doorbell.type)) return { kind: "isolated", because: `${doorbell.name} checks who writes` };
  if (doorbell.type === "imsic")
    return { kind: "unknown", because: `whether writes to ${doorbell.name} are checked is unknown` };
  return {
    kind: "open",
    because: `${doorbell.name} (${doorbell.type}) does not check who writes: it can raise the interrupts of others`,
  };
}

/** Without a controller that checks, VFIO asks for `allow_unsafe_interrupts` as well. */
function withoutRoute(plan: Plan, { hostBridge, label }: PciNode): InterruptIsolation {
  const [because] = msiRouting(plan, hostBridge).unknown;
  if (because !== undefined) return { kind: "unknown", because };
  if (hostBridge.msi === "none")
    return { kind: "open", because: `${hostBridge.name} has no MSI controller that checks who writes` };
  return { kind: "unknown", because: `where the MSIs of ${label} go is not described` };
}
