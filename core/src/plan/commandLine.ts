// Words of a captured kernel command line that decide about isolation. Knows nothing of what they do to a group.
import type { PciNode } from "./pciTree";

/** The value of the out-of-tree `pcie_acs_override=`, which makes the kernel believe in ACS that is not there; undefined where it is not given. */
export function acsOverrideIn(commandLine: string): string | undefined {
  return /(?:^|\s)pcie_acs_override=(\S*)/.exec(commandLine)?.[1];
}

/** The devices of `pci=disable_acs_redir=…`, as they are written: separated by `;` (Linux, kernel-parameters.txt). */
export function redirectDisabledIn(commandLine: string): string[] {
  const values = [...commandLine.matchAll(/(?:^|\s)pci=(\S*)/g)].flatMap((match) => (match[1] ?? "").split(","));
  const prefix = "disable_acs_redir=";
  return values.filter((value) => value.startsWith(prefix)).flatMap((value) => value.slice(prefix.length).split(";")).filter((device) => device !== "");
}

/**
 * True when the parameter's device means this function (Linux, pci_dev_str_match): `pci:VENDOR:DEVICE`, where 0 is any, or
 * `[SEGMENT:]BUS:DEVICE.FUNCTION`, followed by the `/DEVICE.FUNCTION` of each bridge on the way down. Subsystem ids, which a description does not
 * have, are not looked at.
 */
export function meansFunction(device: string, node: PciNode): boolean {
  return device.startsWith("pci:") ? hasIds(device.slice(4), node) : isAtPath(device.split("/"), node);
}

function hasIds(ids: string, { function: { id } }: PciNode): boolean {
  const [vendor, device] = (id ?? "").split(":").map((part) => parseInt(part, 16));
  const [wantedVendor = NaN, wantedDevice = NaN] = ids.split(":").map((part) => parseInt(part, 16));
  return (wantedVendor === 0 || wantedVendor === vendor) && (wantedDevice === 0 || wantedDevice === device);
}

function isAtPath(path: readonly string[], node: PciNode): boolean {
  let at: PciNode | undefined = node;
  for (let i = path.length - 1; i > 0; i--, at = at.parent) {
    if (!at || path[i]?.toLowerCase() !== placeOf(at)) return false;
  }
  const first = (path[0] ?? "").toLowerCase();
  return at !== undefined && (first === at.address || (at.segment === 0 && `0000:${first}` === at.address));
}

/** `1c.0`: how a path names a function on its bus. */
function placeOf({ address }: PciNode): string {
  return address.slice(address.lastIndexOf(":") + 1);
}
