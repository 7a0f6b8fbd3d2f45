// The edits that describe a port as booted with its isolating ACS bits on. Knows nothing of why they should be.
import { under } from "../anchor";
import { ACS_BITS, ISOLATING_ACS_BITS } from "../acs";
import type { Edit, Fix } from "../finding";
import { testAcs } from "./acsTest";
import type { PciNode } from "./pciTree";

/**
 * Turns on what the port can of SV, RR, CR and UF: alone, and together with the other downstream ports of its switch that lack some. Nothing where
 * the bits are not known.
 */
export function enableAcsFixes(port: PciNode): Fix[] {
  const own = enablingEdit(port);
  if (!own) return [];
  const ports = [port, ...siblings(port)];
  const edits = ports.flatMap((one) => enablingEdit(one) ?? []);
  return [
    { title: titleOf([port]), edits: [own] },
    ...(edits.length > 1 && edits.length === ports.length ? [{ title: titleOf(ports), edits }] : []),
  ];
}

/** The command line that does it (Linux 6.11 and later): `111x1` turns on V, R, C and U and leaves B. */
function titleOf(ports: readonly PciNode[]): string {
  const [first] = ports as [PciNode];
  const parameter = ports.map((port) => `111x1@${port.address}`).join(";");
  return `Describe ${ports.length === 1 ? first.label : `${ports.length} ports of the switch`} as booted with pci=config_acs=${parameter}`;
}

function siblings(port: PciNode): PciNode[] {
  const around = port.function.type === "downstream-port" ? (port.parent?.children ?? []) : [];
  return around.filter((one) => one !== port && one.function.type === "downstream-port" && testAcs(one.function, one.label).kind === "disabled-bits");
}

function enablingEdit({ function: { acs } }: PciNode): Edit | undefined {
  if (typeof acs !== "object" || acs.capable === "unknown" || acs.enabled === "unknown") return undefined;
  const { anchor, capable, enabled } = acs;
  const next = ACS_BITS.map(({ bit }) => bit).filter((bit) => enabled.includes(bit) || (ISOLATING_ACS_BITS.includes(bit) && capable.includes(bit)));
  return { op: "replace", at: under(anchor, "enabled"), value: { json: next.join(" ") } };
}
