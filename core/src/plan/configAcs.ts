// `pci=config_acs=` of a kernel command line: which ACS bits it turns on and off on a function. Knows nothing of what the description says of them.
// Source: Linux 6.11 and later, Documentation/admin-guide/kernel-parameters.txt, pci=config_acs (domain.md 2.5 and 2.7b).
import type { AcsBit } from "../acs";
import { ACS_BITS } from "../acs";
import { meansFunction } from "./commandLine";
import type { PciNode } from "./pciTree";

/** Bits that a command line sets for the devices that it names; all others stay as firmware left them. */
export interface ConfiguredAcs {
  /** The device as it is written. */
  readonly device: string;
  readonly on: readonly AcsBit[];
  readonly off: readonly AcsBit[];
}

/** The entries of the parameter, in its order. What has no form that the kernel takes is left out, as the kernel does. */
export function configuredAcsIn(commandLine: string): ConfiguredAcs[] {
  const options = [...commandLine.matchAll(/(?:^|\s)pci=(\S*)/g)].flatMap((match) => (match[1] ?? "").split(","));
  const values = options.filter((option) => option.startsWith("config_acs="));
  return values.flatMap((value) => value.slice("config_acs=".length).split(";")).flatMap((entry) => readEntry(entry) ?? []);
}

/** The first entry that means the function. */
export function configuredAcsOf(configured: readonly ConfiguredAcs[], node: PciNode): ConfiguredAcs | undefined {
  return configured.find(({ device }) => meansFunction(device, node));
}

/** `111x1@0000:00:02.0`: the last character is the lowest bit, SV; `x` leaves a bit alone. */
function readEntry(entry: string): ConfiguredAcs | undefined {
  const parts = /^([01x]{1,7})@(.+)$/i.exec(entry);
  if (!parts) return undefined;
  const flags = [...(parts[1] ?? "")].reverse();
  const having = (flag: string): AcsBit[] => ACS_BITS.filter((_, index) => flags[index] === flag).map(({ bit }) => bit);
  return { device: parts[2] ?? "", on: having("1"), off: having("0") };
}
