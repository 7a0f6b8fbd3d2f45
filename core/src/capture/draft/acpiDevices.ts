// What the ACPI hardware ids in resource names stand for. Knows nothing of other names.

/**
 * Hardware ids that appear in /proc/iomem as `ARMH0011:00`; from the vendors' and the ACPI specification's id lists.
 */
const DEVICES: Readonly<Record<string, string>> = {
  ARMH0011: "uart",
  ARMHB000: "uart",
  ARMH0061: "gpio",
  ARMHD620: "cmn",
  ARMHC500: "etm",
  APMC0D08: "uart",
  HISI0031: "uart",
  INTC1057: "gpio",
  LNRO0003: "virtio-net",
  LNRO0005: "virtio-mmio",
  MSFT0101: "tpm",
  PNP0103: "hpet",
  PNP0501: "uart",
  PNP0B00: "rtc",
  QEMU0002: "fw-cfg",
};

/**
 * `uart0` for `ARMH0011:00`: the instance is hexadecimal. `hisi0162-2` for an id that is not in the list; undefined for
 * no id.
 */
export function acpiName(label: string): string | undefined {
  const parts = /^([A-Z]{3,4}[0-9A-F]{4}):([0-9a-f]{2,})(?: |$)/.exec(label);
  if (!parts) return undefined;
  const instance = parseInt(parts[2] ?? "0", 16);
  const known = DEVICES[parts[1] ?? ""];
  return known ? `${known}${instance}` : `${(parts[1] ?? "").toLowerCase()}-${instance}`;
}
