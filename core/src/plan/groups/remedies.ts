// The smallest change that takes a function out of the group that it joined. Knows nothing of words.
import { ACS_BITS, ISOLATING_ACS_BITS } from "../../acs";
import type { PciNode } from "../pciTree";
import { ancestors } from "../pciTree";
import type { Join } from "./assignment";
import type { IommuGroups } from "./iommuGroups";
import { decide } from "./iommuGroups";
import { isAtLeast, KERNEL_CHANGES } from "./kernel";
import { failingOnPath } from "./modeA";

/**
 * `enable`: ACS bits on these functions, all of them; `parameter` does it at boot, from Linux 6.11 on. `slot`: no
 * setting helps, another slot does. `together`: nothing takes it apart from what it joined.
 */
export type Remedy =
  | {
      readonly kind: "enable";
      readonly on: readonly PciNode[];
      readonly parameter: string;
      readonly isKnownToKernel: boolean;
    }
  | { readonly kind: "slot"; readonly without: readonly PciNode[]; readonly slots: readonly PciNode[] }
  | { readonly kind: "together" };

/** What would take a function out of the group that it came into by this way. */
export function remedyFor(groups: IommuGroups, node: PciNode, join: Join): Remedy {
  if (join.because === "same-stream" || join.because === "dma-alias-quirk") return { kind: "together" };
  const inCard = join.because === "dma-alias" || (join.because === "multifunction" && !isPort(join.blame[0]));
  const failing =
    join.because === "multifunction" && groups.algorithm === "linux-mode-a" ? join.blame.slice(0, 1) : join.blame;
  const incapable = failing.filter(
    (one) =>
      groups.isolationOf(one).verdict.kind !== "disabled-bits" ||
      (join.because === "bus-not-isolated" && isStrangeInSwitch(groups, one)),
  );
  if (failing.length > 0 && incapable.length === 0) {
    return {
      kind: "enable",
      on: failing,
      parameter: configAcs(failing),
      isKnownToKernel: isAtLeast(groups.kernel, KERNEL_CHANGES.configAcs),
    };
  }
  return inCard && join.because === "multifunction"
    ? { kind: "together" }
    : { kind: "slot", without: incapable, slots: isolatingSlots(groups, node) };
}

/**
 * `pci=config_acs=111x1@0000:00:02.0`: SV, RR, CR and UF on, the others as firmware left them. Bits count from the
 * right, in the order of the register; `x` would lose what Linux itself turns on, so every wanted bit is written
 * (domain.md 2.5, 2.7b).
 */
export function configAcs(functions: readonly PciNode[]): string {
  const parts = functions.map((node) => {
    const { acs } = node.function;
    const capable = typeof acs === "object" && acs.capable !== "unknown" ? acs.capable : ISOLATING_ACS_BITS;
    const flags = ACS_BITS.slice(0, 5).map(({ bit }) =>
      ISOLATING_ACS_BITS.includes(bit) && capable.includes(bit) ? "1" : "x",
    );
    return `${flags.reverse().join("").replace(/^x+/, "")}@${node.address}`;
  });
  return `pci=config_acs=${parts.join(";")}`;
}

/**
 * Ports that a card can be put below and from which every port to the root isolates: the empty ones first, then in the
 * order of discovery.
 */
function isolatingSlots(groups: IommuGroups, node: PciNode): PciNode[] {
  const decisions = decide(groups, false);
  const above = new Set(ancestors(node));
  const slots = groups.topology.functions.filter(
    (port) =>
      isSlot(port) &&
      !above.has(port) &&
      port !== node &&
      port.hostBridge === node.hostBridge &&
      failingOnPath(port, decisions).length === 0,
  );
  return [...slots.filter((port) => port.children.length === 0), ...slots.filter((port) => port.children.length > 0)];
}

/** The link of a port with a switch or a bridge behind it is taken. */
function isSlot(port: PciNode): boolean {
  const { type } = port.function;
  return (
    (type === "root-port" || type === "downstream-port") &&
    port.children.every((child) => child.children.length === 0 && !isPort(child))
  );
}

/** Inside a switch only downstream ports without aliases count, whatever their ACS. */
function isStrangeInSwitch({ topology }: IommuGroups, node: PciNode): boolean {
  return (
    node.parent?.function.type === "upstream-port" &&
    (node.function.type !== "downstream-port" || topology.hasAliases(node))
  );
}

function isPort(node: PciNode | undefined): boolean {
  return node?.function.type?.endsWith("-port") === true;
}
